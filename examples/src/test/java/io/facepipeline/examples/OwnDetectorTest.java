package io.facepipeline.examples;

import io.facepipeline.FaceDetector;
import io.facepipeline.testkit.FaceDetectorContract;

class OwnDetectorTest extends FaceDetectorContract {
  @Override
  protected FaceDetector detector() {
    return new OwnDetector();
  }
}
