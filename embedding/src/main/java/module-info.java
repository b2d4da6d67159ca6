/** Turns faces into embeddings. */
module io.facepipeline.embedding {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.onnx;
  requires static transitive org.jspecify;

  exports io.facepipeline.embedding;

  uses io.facepipeline.embedding.Architecture;
}
