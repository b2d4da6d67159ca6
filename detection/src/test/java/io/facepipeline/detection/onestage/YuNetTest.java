package io.facepipeline.detection.onestage;

import io.facepipeline.FaceDetector;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.SharedData;
import java.util.Optional;

/** YuNet with the published weights. */
class YuNetTest extends FaceDetectorContract {
  @Override
  protected FaceDetector detector() {
    return model().open();
  }

  @Override
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.of(model().withParallelism(threads).open());
  }

  private static DetectorModel model() {
    return DetectorModel.of(SharedData.path("models/others/yunet_n_dynamic.onnx"));
  }
}
