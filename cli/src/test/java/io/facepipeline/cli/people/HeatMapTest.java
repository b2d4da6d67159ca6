package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Image;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The matrix of distances as a picture. */
final class HeatMapTest {
  private static final int EDGE = HeatMap.THUMBNAIL + 4;
  private static final int FRAME = 0xffd1495b;
  private static final int BLACK = 0xff000000;
  private static final int WHITE = 0xffffffff;

  /** Two photos of one person, and one of another. */
  private final BufferedImage picture =
      HeatMap.draw(
              new DistanceMatrix(
                  List.of(
                      Embedding.of("m", new float[] {1, 0}),
                      Embedding.of("m", new float[] {0.6f, 0.8f}),
                      Embedding.of("m", new float[] {-0.8f, 0.6f}))),
              DistanceMatrix.Metric.euclidean,
              Arrays.<Image>asList(null, null, null),
              0.5f)
          .toBufferedImage();

  private Set<Integer> colors(int row, int column) {
    Set<Integer> colors = new HashSet<>();
    for (int y = 0; y < HeatMap.THUMBNAIL; y++) {
      for (int x = 0; x < HeatMap.THUMBNAIL; x++) {
        colors.add(
            picture.getRGB(
                EDGE + column * HeatMap.THUMBNAIL + x, EDGE + row * HeatMap.THUMBNAIL + y));
      }
    }
    return colors;
  }

  @Test
  void pairsOfTheSamePersonAreFramedAndPhotosWithThemselvesAreNot() {
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        boolean same = row != column && row < 2 && column < 2;
        assertEquals(same, colors(row, column).contains(FRAME), row + ", " + column);
      }
    }
  }

  @Test
  void numbersAreLegible() {
    assertTrue(colors(0, 1).contains(BLACK), "on light blue");
    assertFalse(colors(0, 1).contains(WHITE), "on light blue");
    assertTrue(colors(0, 0).contains(WHITE), "on dark blue");
    assertTrue(colors(0, 2).contains(BLACK), "on white");
  }
}
