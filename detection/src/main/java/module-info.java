/** Finds faces in photos and follows them through videos. */
module io.facepipeline.detection {
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive io.facepipeline.onnx;
  requires static transitive org.jspecify;

  exports io.facepipeline.detection.mtcnn;
  exports io.facepipeline.detection.mtcnn.cascade to
      io.facepipeline.training;
  exports io.facepipeline.detection.onestage;
  exports io.facepipeline.detection.scan to
      io.facepipeline.training;
  exports io.facepipeline.detection.video;
}
