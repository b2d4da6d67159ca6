package io.facepipeline.detection.onestage;

import io.facepipeline.FaceDetector;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.SharedData;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

/** The contract of the other families, where their weights are at hand. */
class OtherWeightsTest {
  private abstract static class Published extends FaceDetectorContract {
    private final String file;

    Published(String file) {
      this.file = file;
    }

    @Override
    protected FaceDetector detector() {
      return model().open();
    }

    @Override
    protected Optional<FaceDetector> detector(int threads) {
      return Optional.of(model().withParallelism(threads).open());
    }

    private DetectorModel model() {
      ModelStore mtcnn = ModelStore.of(SharedData.path("models/mtcnn"));
      return DetectorModel.of(SharedData.path("models/detectors/" + file))
          .withLandmarks(() -> Mtcnn.builder().models(mtcnn).build());
    }
  }

  @Nested
  class YuNetS extends Published {
    YuNetS() {
      super("yunet_s_dynamic.onnx");
    }
  }

  @Nested
  class Scrfd500m extends Published {
    Scrfd500m() {
      super("scrfd_500m.onnx");
    }
  }

  @Nested
  class Scrfd2500m extends Published {
    Scrfd2500m() {
      super("scrfd_2.5g.onnx");
    }
  }

  @Nested
  class RetinaFace extends Published {
    RetinaFace() {
      super("FaceDetector.onnx");
    }
  }

  @Nested
  class UltraLight320 extends Published {
    UltraLight320() {
      super("version-RFB-320.onnx");
    }
  }

  @Nested
  class UltraLight640 extends Published {
    UltraLight640() {
      super("version-RFB-640.onnx");
    }
  }
}
