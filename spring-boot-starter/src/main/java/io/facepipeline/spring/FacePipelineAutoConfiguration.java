package io.facepipeline.spring;

import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.FaceSelection;
import io.facepipeline.ModelCard;
import io.facepipeline.StageListener;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryBuilder;
import io.facepipeline.models.internal.NamedStages;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Makes a {@link FacePipeline}, its {@link Gallery}, a {@link FaceTracker} and a {@link ModelStore}
 * of the properties {@code facepipeline.*}. Where the application has the libraries for it, there
 * are a health indicator, Micrometer's meters, and problem details for the exceptions of this
 * library.
 *
 * <p>A bean of the application's own replaces each of them. A {@link FaceDetector}, {@link
 * FaceEmbedder}, {@link FaceAligner}, {@link FaceClassifier}, {@link FaceClassifier.Factory} or
 * {@link FaceSelection} among its beans becomes part of the pipeline, as do all {@link
 * FaceAttribute}s and {@link StageListener}s. The pipeline closes its stages when the application
 * ends, after running calls have ended.
 */
@AutoConfiguration
@ConditionalOnProperty(prefix = "facepipeline", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(FacePipelineProperties.class)
@Import({
  MetersConfiguration.class,
  HealthConfiguration.class,
  OlderHealthConfiguration.class,
  ProblemConfiguration.class
})
@SuppressWarnings("exports") // its annotations are for Spring Boot, not for callers
public final class FacePipelineAutoConfiguration {
  FacePipelineAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  ModelStore faceModelStore(FacePipelineProperties properties) {
    ModelStoreBuilder store = ModelStore.builder();
    properties.models().forEach(store::folder);
    if (properties.cache() != null) {
      store.cache(properties.cache());
    }
    if (properties.offline() != null) {
      store.offline(properties.offline());
    }
    properties.acceptLicenses().forEach(store::acceptLicense);
    if (properties.commercialUseOnly()) {
      store.onlyCommercialUse();
    }
    return store.build();
  }

  /** The stages that the application has as beans, or else those that the properties name. */
  @Bean
  @ConditionalOnMissingBean
  Stages faceStages(
      FacePipelineProperties properties,
      ModelStore store,
      ObjectProvider<FaceDetector> detector,
      ObjectProvider<FaceEmbedder> embedder,
      ObjectProvider<FaceAligner> aligner,
      ObjectProvider<FaceSelection> selection,
      ObjectProvider<FaceAttribute> attributes,
      ObjectProvider<StageListener> listeners) {
    return () -> {
      FacePipelineBuilder builder = FacePipeline.builder().parallelism(properties.threads());
      FaceDetector finds = detector.getIfAvailable();
      builder.detector(
          () ->
              finds != null
                  ? finds
                  : NamedStages.detector(
                      properties.detector(),
                      store,
                      properties.minFaceSize(),
                      properties.threads()));
      FaceEmbedder embeds = embedder.getIfAvailable();
      builder.embedder(
          () ->
              embeds != null
                  ? embeds
                  : NamedStages.embedder(
                      properties.embedder(),
                      store,
                      EmbedderOptions.defaults()
                          .withMirrored(properties.mirrored())
                          .withThreads(properties.threads())));
      aligner.ifAvailable(builder::aligner);
      selection.ifAvailable(builder::selection);
      attributes.orderedStream().forEach(builder::attribute);
      List<StageListener> told = listeners.orderedStream().toList();
      builder.listener(
          (stage, faces, took, failure) ->
              told.forEach(listener -> listener.ended(stage, faces, took, failure)));
      if (properties.verificationThreshold() != null) {
        builder.verificationThreshold(properties.verificationThreshold());
      }
      return builder;
    };
  }

  /** A pipeline's builder with everything but the classifier. */
  interface Stages {
    FacePipelineBuilder builder();
  }

  /**
   * A tracker of the pipeline's stages. An embedder without thresholds recognizes nobody who comes
   * back, unless the gallery's threshold is set.
   */
  @Bean
  @ConditionalOnMissingBean
  FaceTracker faceTracker(FacePipeline faces, FacePipelineProperties properties) {
    Optional<ModelCard> card = faces.embedder().map(FaceEmbedder::card);
    Float threshold = properties.gallery().threshold();
    FaceTracker.Builder tracker = FaceTracker.builder();
    if (card.isPresent() && threshold == null && card.get().measured().isEmpty()) {
      return tracker.detector(faces.detector()).build();
    }
    tracker.stagesOf(faces);
    if (card.isPresent() && threshold != null) {
      tracker.leastSimilarity(threshold);
    }
    return tracker.build();
  }

  /** A pipeline with the application's own classifier. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(FaceClassifier.class)
  static class WithOwnClassifier {
    @Bean
    @ConditionalOnMissingBean
    FacePipeline facePipeline(Stages stages, FaceClassifier classifier) {
      return stages.builder().classifier(card -> classifier).build();
    }
  }

  /** A pipeline whose classifier the application's own factory makes. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(FaceClassifier.Factory.class)
  @ConditionalOnMissingBean(FaceClassifier.class)
  static class WithOwnFactory {
    @Bean
    @ConditionalOnMissingBean
    FacePipeline facePipeline(Stages stages, FaceClassifier.Factory factory) {
      return stages.builder().classifier(factory).build();
    }
  }

  /** A pipeline with the gallery of the properties, which is a bean, too. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean({
    FacePipeline.class,
    FaceClassifier.class,
    FaceClassifier.Factory.class
  })
  static class WithGallery {
    @Bean
    FacePipeline facePipeline(
        Stages stages, FacePipelineProperties properties, ObjectProvider<DataSource> database) {
      return stages
          .builder()
          .classifier(
              properties.gallery().jdbc()
                  ? DatabaseGallery.of(properties, database)
                  : gallery(properties))
          .build();
    }

    @Bean(destroyMethod = "") // the pipeline's
    Gallery faceGallery(FacePipeline faces) {
      return faces.gallery(Gallery.class);
    }

    private static FaceClassifier.Factory gallery(FacePipelineProperties properties) {
      Path path = properties.gallery().path();
      Float threshold = properties.gallery().threshold();
      if (!properties.gallery().name().equals(FacePipelineProperties.Gallery.DEFAULT_NAME)) {
        throw new IllegalArgumentException(
            "facepipeline.gallery.name, "
                + properties.gallery().name()
                + ", names a gallery in the database; set facepipeline.gallery.jdbc=true, or leave"
                + " the name out");
      }
      if (path == null) {
        if (properties.gallery().readOnly()) {
          throw new IllegalArgumentException(
              "facepipeline.gallery.read-only needs a folder; set facepipeline.gallery.path");
        }
        return threshold == null ? Gallery.inMemory() : Gallery.inMemory(threshold);
      }
      GalleryBuilder gallery = Gallery.in(path).parallelism(properties.threads());
      if (threshold != null) {
        gallery.threshold(threshold);
      }
      return properties.gallery().readOnly() ? gallery.readOnly() : gallery;
    }
  }
}
