package io.facepipeline;

/**
 * Provides the stages of {@link FacePipeline#create()}; found by {@link java.util.ServiceLoader},
 * so that this module need not know any model.
 */
public interface PipelineDefaults {
  /**
   * Sets detector, embedder and gallery.
   *
   * @param builder the builder to set them on
   */
  void configure(FacePipelineBuilder builder);
}
