/**
 * Faces over data sets of photos, on Apache Spark. Spark runs on the class path alone, and so does
 * this module: the descriptor tells what is the public API.
 */
module io.facepipeline.spark {
  requires transitive io.facepipeline.classify;
  requires transitive io.facepipeline.core;
  requires io.facepipeline.embedding;
  requires transitive io.facepipeline.evaluation;
  requires io.facepipeline.gallery;
  requires io.facepipeline.models;
  requires io.facepipeline.onnx;
  requires com.google.gson;
  requires info.picocli;
  requires static transitive org.jspecify;

  exports io.facepipeline.spark;

  opens io.facepipeline.spark.command to
      info.picocli;
}
