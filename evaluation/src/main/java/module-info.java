/** Measures verification, identification and detection. */
module io.facepipeline.evaluation {
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires com.google.gson;
  requires xchart;
  requires static transitive org.jspecify;

  exports io.facepipeline.evaluation;
}
