/** The default models and the modules a program needs to use them. */
@SuppressWarnings("module") // the module that the internals are for comes after this one
module io.facepipeline.models {
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.detection;
  requires transitive io.facepipeline.embedding;
  requires transitive io.facepipeline.gallery;
  requires transitive io.facepipeline.onnx;
  requires static transitive org.jspecify;

  exports io.facepipeline.models;
  exports io.facepipeline.models.internal to
      io.facepipeline.spark,
      io.facepipeline.spring.boot.starter;

  provides io.facepipeline.spi.PipelineDefaults with
      io.facepipeline.models.internal.DefaultStages;
}
