/** Measures verification, identification, detection and liveness. */
module io.facepipeline.evaluation {
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires com.google.gson;
  requires io.facepipeline.onnx;
  requires static me.tongfei.progressbar;
  requires xchart;
  requires static transitive org.jspecify;

  exports io.facepipeline.evaluation;
  exports io.facepipeline.evaluation.detection;
  exports io.facepipeline.evaluation.identification;
  exports io.facepipeline.evaluation.internal to
      io.facepipeline.spark,
      io.facepipeline.training;
  exports io.facepipeline.evaluation.liveness;
  exports io.facepipeline.evaluation.plot;
  exports io.facepipeline.evaluation.verification;
}
