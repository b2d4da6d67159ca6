package io.facepipeline.examples.recipes;

import io.facepipeline.FacePipeline;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.models.DefaultModels;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A pipeline for all beans of a Spring application. */
@Configuration(proxyBeanMethods = false)
public class FaceConfiguration {
  @Bean(destroyMethod = "close") // with the gallery, when the application ends
  FacePipeline faces(@Value("${faces.gallery}") Path galleryFolder) {
    return FacePipeline.builder()
        .embedder(() -> DefaultModels.embedder(EmbedderOptions.defaults().withThreads(1)))
        .classifier(Gallery.in(galleryFolder))
        .parallelism(1) // requests are parallel already
        .build();
  }
}
