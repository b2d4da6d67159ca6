package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.SharedData;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** YuNet with the published weights. */
class YuNetTest extends FaceDetectorContract {
  private static final long MOST_BYTES = 200_000;

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

  /** Input and outputs of a run at 640 pixels take several megabytes, which are kept. */
  @Test
  void allocatesLittleBesideTheResult() {
    Image group = Image.read(SharedData.album("groups/group_1.jpg"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (FaceDetector detector = model().withInputSize(640).withParallelism(1).open()) {
      for (int i = 0; i < 5; i++) {
        assertEquals(4, detector.detect(group).size());
      }
      long before = allocated(threads);
      for (int i = 0; i < 10; i++) {
        detector.detect(group);
      }
      long each = (allocated(threads) - before) / 10;
      assertTrue(each < MOST_BYTES, each + " bytes for a photo");
    }
  }

  private static long allocated(ThreadMXBean threads) {
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
