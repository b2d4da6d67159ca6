/** Trains detectors, embedders and image classifiers. */
module io.facepipeline.training {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive com.google.gson;
  requires info.picocli;
  requires transitive io.facepipeline.classify;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.detection;
  requires transitive io.facepipeline.embedding;
  requires transitive io.facepipeline.evaluation;
  requires transitive io.facepipeline.models;
  requires transitive io.facepipeline.onnx;
  requires me.tongfei.progressbar;
  requires org.apache.commons.csv;
  requires org.bytedeco.javacpp;
  requires transitive org.bytedeco.pytorch;
  requires static transitive org.jspecify;
  requires xchart;

  exports io.facepipeline.training;
  exports io.facepipeline.training.embedder;
  exports io.facepipeline.training.identity;
  exports io.facepipeline.training.mtcnn;
  exports io.facepipeline.training.student;

  opens io.facepipeline.training to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.embedder to
      com.google.gson,
      info.picocli;
  opens io.facepipeline.training.mtcnn to
      com.google.gson,
      info.picocli;
}
