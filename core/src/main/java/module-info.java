/** The pipeline, its value types and the interfaces of its stages; pictures. */
module io.facepipeline.core {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive java.desktop;
  requires static transitive org.jspecify;

  exports io.facepipeline;

  uses io.facepipeline.ImageCodec;
  uses io.facepipeline.PipelineDefaults;
}
