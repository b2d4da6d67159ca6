/** Trains detectors, embedders and image classifiers. */
module io.facepipeline.training {
  requires com.google.common;
  requires static com.google.errorprone.annotations;
  requires com.google.gson;
  requires info.picocli;
  requires io.facepipeline.classify;
  requires io.facepipeline.core;
  requires io.facepipeline.detection;
  requires io.facepipeline.embedding;
  requires io.facepipeline.evaluation;
  requires io.facepipeline.models;
  requires io.facepipeline.onnx;
  requires me.tongfei.progressbar; // for the bars of evaluation, which has it only if it is there
  requires org.apache.commons.csv;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires static org.jspecify;
  requires xchart;

  exports io.facepipeline.training;

  opens io.facepipeline.training to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.detector to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.embedder to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.faces to
      info.picocli;
  opens io.facepipeline.training.mtcnn to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.network to
      com.google.gson,
      info.picocli;
}
