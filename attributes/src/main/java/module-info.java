/** Expression, liveness, image classes. */
module io.facepipeline.attributes {
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.embedding;
  requires transitive io.facepipeline.onnx;
  requires static transitive org.jspecify;

  exports io.facepipeline.attributes;
}
