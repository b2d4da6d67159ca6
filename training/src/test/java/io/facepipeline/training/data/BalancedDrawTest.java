package io.facepipeline.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BalancedDrawTest {
  private static final int DRAWS = 60_000;

  @Test
  void everyPersonComesAsOftenAsAnyOther() {
    // 40 photos of one person, 5 of another, 1 of a third, 2 of nobody known.
    int[] labels =
        IntStream.range(0, 48)
            .map(i -> i < 40 ? 0 : i < 45 ? 7 : i == 45 ? 3 : BalancedDraw.UNKNOWN)
            .toArray();
    double[] drawn = shares(labels, labels.length);
    // A photo's weight is one over the number of photos of its person.
    double[] expected = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      expected[i] = (i < 40 ? 1 / 40.0 : i < 45 ? 1 / 5.0 : 1) / 5;
    }
    // Six deviations of the largest share.
    assertArrayEquals(expected, drawn, 6 * Math.sqrt(0.2 * 0.8 / DRAWS));
    assertEquals(0.2, IntStream.range(0, 40).mapToDouble(i -> drawn[i]).sum(), 0.01);
  }

  @Test
  void onlyThePhotosThatThereAreSoFarAreDrawn() {
    int[] labels = {0, 0, 1, 0, 2, 1};
    assertArrayEquals(new double[] {1, 0, 0, 0, 0, 0}, shares(labels, 1));
    assertArrayEquals(new double[] {0.25, 0.25, 0.5, 0, 0, 0}, shares(labels, 3), 0.02);
    assertThrows(IllegalArgumentException.class, () -> shares(labels, 0));
    assertThrows(IllegalArgumentException.class, () -> shares(new int[0], 5));
  }

  private static double[] shares(int[] labels, int available) {
    int[] drawn = new BalancedDraw(labels).draw(new SplittableRandom(1), DRAWS, available);
    assertEquals(DRAWS, drawn.length);
    double[] shares = new double[labels.length];
    for (int photo : drawn) {
      shares[photo] += 1.0 / DRAWS;
    }
    return IntStream.range(0, shares.length)
        .mapToDouble(i -> Math.rint(shares[i] * 1e6) / 1e6)
        .toArray();
  }

  @Test
  void drawsFollowFromTheSeed() {
    BalancedDraw draw = new BalancedDraw(new int[] {0, 0, 1, 2});
    assertArrayEquals(
        draw.draw(new SplittableRandom(4), 20, 4), draw.draw(new SplittableRandom(4), 20, 4));
  }

  @Test
  void peopleWithTooFewPhotosAreLeftOut() {
    List<String> names = List.of("ada", "bao", "", "ada", "chidi", "bao", "ada", "", "dalia");
    EnoughPhotos all = EnoughPhotos.of(names, 1);
    assertEquals(IntStream.range(0, 9).boxed().toList(), all.photos());
    assertEquals(0, all.peopleLeftOut());
    EnoughPhotos two = EnoughPhotos.of(names, 2);
    assertEquals(List.of(0, 1, 2, 3, 5, 6, 7), two.photos());
    assertEquals(
        "left out 2 of 4 people with fewer than 2 photos, and with them 2 of 9 photos", two.said());
    EnoughPhotos three = EnoughPhotos.of(names, 3);
    assertEquals(List.of(0, 2, 3, 6, 7), three.photos());
    assertEquals(1, three.people());
    assertThrows(IllegalArgumentException.class, () -> EnoughPhotos.of(names, 0));
    String nobody =
        assertThrows(FacePipelineException.class, () -> EnoughPhotos.of(List.of("ada", "ada"), 5))
            .getMessage();
    assertTrue(nobody.contains("nobody has 5 photos, the most is 2"), nobody);
  }
}
