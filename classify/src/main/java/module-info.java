/** Trained classifiers, calibration, clustering and augmentation. */
module io.facepipeline.classify {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires liblinear;
  requires libsvm;
  requires static transitive org.jspecify;

  exports io.facepipeline.classify;
  exports io.facepipeline.classify.augment;
  exports io.facepipeline.classify.calibrate;
  exports io.facepipeline.classify.cluster;
}
