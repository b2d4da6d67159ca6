package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a network is shown, against OpenCV's INTER_LINEAR written down plainly. */
class InputImageTest {
  private static final List<Float> MEAN = List.of(104f, 117f, 123f);
  private static final List<Float> DEVIATION = List.of(128f);

  @Test
  void equalsThePlainResamplerToTheBit() {
    Random random = new Random(3);
    int[][] sizes = {
      {1, 1, 1, 1}, {7, 5, 7, 5}, {40, 30, 36, 27}, {33, 90, 20, 11}, {9, 4, 31, 50}
    };
    InputImage planes = new InputImage(ColorOrder.RGB, MEAN, DEVIATION, false);
    InputImage rows = new InputImage(ColorOrder.BGR, MEAN, DEVIATION, true);
    for (int[] size : sizes) {
      byte[] rgb = new byte[3 * size[0] * size[1]];
      random.nextBytes(rgb);
      Image image = Image.ofRgb(size[0], size[1], rgb);
      int levelWidth = size[2];
      int levelHeight = size[3];
      check(planes, false, image, whole(levelWidth, levelHeight));
      check(rows, true, image, whole(levelWidth, levelHeight));
      Pass part =
          new Pass(
              levelWidth,
              levelHeight,
              levelWidth / 3,
              levelHeight / 2,
              levelWidth - levelWidth / 3,
              levelHeight - levelHeight / 2,
              64,
              96,
              Pass.ANY);
      check(rows, true, image, part);
      check(planes, false, image, part);
    }
  }

  private static Pass whole(int width, int height) {
    return new Pass(width, height, 0, 0, width, height, width + 2, height + 3, Pass.ANY);
  }

  private static void check(InputImage input, boolean interleaved, Image image, Pass pass) {
    int width = pass.inputWidth();
    int height = pass.inputHeight();
    FloatBuffer filled = FloatBuffer.allocate(3 * width * height);
    input.fill(image, pass, filled);
    for (int c = 0; c < 3; c++) {
      // With the colors the other way round, the rows of all three take turns.
      int color = interleaved ? 2 - c : c;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          boolean isInside = x < pass.width() && y < pass.height();
          int level = isInside ? plain(image, pass, x, y, color) : 0;
          int row = interleaved ? 3 * y + c : c * height + y;
          assertEquals(
              (level - MEAN.get(c)) * (1 / DEVIATION.get(0)),
              filled.get(row * width + x),
              image + " in " + pass + " at " + x + ", " + y + ", channel " + c);
        }
      }
    }
  }

  private static int plain(Image image, Pass pass, int x, int y, int color) {
    if (pass.levelWidth() == image.width() && pass.levelHeight() == image.height()) {
      return channel(image, pass.left() + x, pass.top() + y, color);
    }
    float across = place(pass.left() + x, image.width(), pass.levelWidth());
    int column = (int) Math.floor(across);
    int share = (int) Math.rint((across - column) * 2048);
    if (column < 0 || column >= image.width() - 1) {
      column = Math.max(0, Math.min(column, image.width() - 1));
      share = 0;
    }
    float down = place(pass.top() + y, image.height(), pass.levelHeight());
    int line = (int) Math.floor(down);
    int weight = (int) Math.rint((down - line) * 2048);
    int upper = sum(image, column, Math.max(0, line), share, color);
    int lower = sum(image, column, Math.min(image.height() - 1, line + 1), share, color);
    int both = (((2048 - weight) * (upper >> 4)) >> 16) + ((weight * (lower >> 4)) >> 16);
    return (both + 2) >> 2;
  }

  private static float place(int at, int length, int levelLength) {
    return (float) ((at + 0.5) * ((double) length / levelLength) - 0.5);
  }

  private static int sum(Image image, int column, int line, int share, int color) {
    int next = Math.min(column + 1, image.width() - 1);
    return (2048 - share) * channel(image, column, line, color)
        + share * channel(image, next, line, color);
  }

  private static int channel(Image image, int x, int y, int color) {
    return image.rgbAt(x, y) >> (16 - 8 * color) & 0xff;
  }
}
