package io.facepipeline.spring;

import io.facepipeline.FaceGallery;
import io.facepipeline.FacePipeline;
import io.facepipeline.gallery.Gallery;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Meters where Micrometer is on the class path; Spring Boot binds them to its registries. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
class MetersConfiguration {
  @Bean
  StageMeters faceStageMeters() {
    return new StageMeters();
  }

  @Bean
  ErrorMeters faceErrorMeters() {
    return new ErrorMeters();
  }

  @Bean
  MeterBinder faceGalleryMeters(FacePipeline faces) {
    return registry -> {
      if (faces.classifier().orElse(null) instanceof FaceGallery gallery) {
        Gauge.builder("facepipeline.gallery.people", gallery, g -> g.labels().size())
            .description("people in the gallery")
            .register(registry);
      }
      if (faces.classifier().orElse(null) instanceof Gallery gallery) {
        Gauge.builder("facepipeline.gallery.faces", gallery, Gallery::size)
            .description("faces of all people in the gallery")
            .register(registry);
      }
    };
  }
}
