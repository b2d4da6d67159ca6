package io.facepipeline.evaluation.crops;

import io.facepipeline.Image;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The four crops of the files in {@code src/test/resources/crops}, by formula. The pickles were
 * written by Python 2.7.18 (cPickle) and 3.11 with NumPy 1.24, the chunks by c-blosc 1.14.3 (which
 * bcolz 1.2 brings) in blocks of 4096 bytes, in folders as bcolz lays them out.
 */
final class FormulaCrops {
  static final int COUNT = 4;
  static final int SIDE = 16;

  private FormulaCrops() {}

  static Image crop(int number) {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (SIDE * y + x) + c] =
              (byte) (7 * x * y + 11 * y * y + 3 * x * x + 50 * number + 80 * c);
        }
      }
    }
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  static Path file(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(FormulaCrops.class.getResource("/crops/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
