/** Turns faces into embeddings. */
@SuppressWarnings("module") // the modules that the internals are for come after this one
module io.facepipeline.embedding {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.onnx;
  requires static transitive org.jspecify;

  exports io.facepipeline.embedding;
  exports io.facepipeline.embedding.internal to
      io.facepipeline.attributes,
      io.facepipeline.models,
      io.facepipeline.training;

  uses io.facepipeline.embedding.Architecture;
}
