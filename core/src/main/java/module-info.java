/** The pipeline, its value types and the interfaces of its stages; pictures. */
@SuppressWarnings("module") // the modules that the internals are for come after this one
module io.facepipeline.core {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive java.desktop;
  requires static jdk.jfr; // events are recorded where it is there
  requires static transitive org.jspecify;

  exports io.facepipeline;
  exports io.facepipeline.drawing;
  exports io.facepipeline.spi;
  exports io.facepipeline.flight to
      io.facepipeline.gallery,
      io.facepipeline.onnx;
  exports io.facepipeline.image to
      io.facepipeline.ffmpeg,
      io.facepipeline.opencv;
  exports io.facepipeline.internal to
      io.facepipeline.attributes,
      io.facepipeline.classify,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.evaluation,
      io.facepipeline.ffmpeg,
      io.facepipeline.gallery,
      io.facepipeline.jdbc,
      io.facepipeline.models,
      io.facepipeline.onnx,
      io.facepipeline.opencv,
      io.facepipeline.spark,
      io.facepipeline.training;

  uses io.facepipeline.spi.ImageCodec;
  uses io.facepipeline.spi.PipelineDefaults;
}
