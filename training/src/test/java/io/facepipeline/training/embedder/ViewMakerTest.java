package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.facepipeline.Image;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewMakerTest {
  private static final int CROPS = 8;
  private static final int PASSES = 400;

  @TempDir Path folder;

  private CropStore crops() {
    Random random = new Random(3);
    return CropStore.open(
        folder.resolve("crops.rgb"),
        to -> {
          for (int i = 0; i < CROPS; i++) {
            byte[] rgb = new byte[CropStore.SPEC.bytes()];
            random.nextBytes(rgb);
            to.accept("", Image.ofRgb(CropStore.SPEC.width(), CropStore.SPEC.height(), rgb));
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 0.2", "1, 0.4"})
  void theStrengthSaysHowManyViewsAreMixed(double strength, double share) {
    try (CropStore crops = crops()) {
      ViewMaker maker = new ViewMaker(crops, 1, strength);
      double mixed =
          IntStream.range(0, CROPS * PASSES)
              .filter(i -> maker.isMixed(i % CROPS, i / CROPS))
              .count();
      assertEquals(share, mixed / (CROPS * PASSES), 0.03);
    }
  }

  @Test
  void aViewFollowsFromSeedCropAndPass() {
    try (CropStore crops = crops()) {
      Image view = new ViewMaker(crops, 1, 1).view(2, 3);
      assertEquals(view, new ViewMaker(crops, 1, 1).view(2, 3));
      assertNotEquals(view, new ViewMaker(crops, 2, 1).view(2, 3));
      assertNotEquals(view, new ViewMaker(crops, 1, 1).view(1, 3));
      assertNotEquals(view, new ViewMaker(crops, 1, 1).view(2, 4));
    }
  }
}
