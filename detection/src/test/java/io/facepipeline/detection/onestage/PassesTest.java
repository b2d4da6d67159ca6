package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.detection.work.Proposals;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of a photo cover it, share enough, and know where they are. */
class PassesTest {
  private static final Passes ANY = new Passes(Family.YUNET, -1, -1, 32);

  @ParameterizedTest
  @CsvSource({"1, 1", "640, 480", "1024, 1024", "1025, 30", "1920, 1080", "4000, 3000", "9000, 40"})
  void partsOfAnySizeOfAPhoto(int width, int height) {
    assertCovers(ANY, width, height, 1024, 1024, 128);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "320, 240", "321, 240", "1920, 1080", "100, 2000"})
  void partsForAnInputOfFixedSize(int width, int height) {
    assertCovers(new Passes(Family.ULTRA_LIGHT, 320, 240, 1), width, height, 320, 240, 128);
  }

  private static void assertCovers(
      Passes passes, int width, int height, int most, int mostHigh, int mostShared) {
    List<Pass> all = passes.full(width, height, 1);
    Set<List<Integer>> levels = new HashSet<>();
    for (Pass pass : all) {
      levels.add(List.of(pass.levelWidth(), pass.levelHeight()));
      assertTrue(pass.left() >= 0 && pass.left() + pass.width() <= pass.levelWidth(), "" + pass);
      assertTrue(pass.top() >= 0 && pass.top() + pass.height() <= pass.levelHeight(), "" + pass);
      assertTrue(pass.width() <= pass.inputWidth() && pass.inputWidth() <= most, "" + pass);
      assertTrue(pass.height() <= pass.inputHeight() && pass.inputHeight() <= mostHigh, "" + pass);
    }
    assertTrue(levels.contains(List.of(width, height)), "the photo's own size in " + levels);
    for (List<Integer> level : levels) {
      List<Pass> parts = all.stream().filter(p -> p.levelWidth() == level.get(0)).toList();
      int shared = Math.min(mostShared, most / 2);
      // What is no larger than parts share is whole in one of them, wherever it is.
      for (int side : new int[] {1, Math.min(shared, level.get(0))}) {
        assertHolds(
            parts.stream().map(p -> new int[] {p.left(), p.width()}).toList(), side, level.get(0));
      }
      for (int side : new int[] {1, Math.min(Math.min(mostShared, mostHigh / 2), level.get(1))}) {
        assertHolds(
            parts.stream().map(p -> new int[] {p.top(), p.height()}).toList(), side, level.get(1));
      }
    }
    Pass last = all.get(all.size() - 1);
    assertEquals(last.levelWidth(), last.width(), "the last size is seen whole");
    assertEquals(last.levelHeight(), last.height());
  }

  private static void assertHolds(List<int[]> spans, int side, int whole) {
    BitSet starts = new BitSet();
    spans.forEach(span -> starts.set(span[0], span[0] + span[1] - side + 1));
    assertEquals(whole - side + 1, starts.nextClearBit(0), side + " pixels wide");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "640, 480", "576, 576", "577, 30", "4000, 3000"})
  void partsForTheLibrarysOwn(int width, int height) {
    assertCovers(new Passes(Family.SCAN, -1, -1, 32), width, height, 576, 576, 96);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 300, 512",
    "520, 300, 520 256",
    "1440, 810, 1440 360 256",
    "2048, 900, 2048 512 256",
    "4000, 3000, 4000 1000 256"
  })
  void theLibrarysOwnSeesLargePhotosInSmallSizesToo(int width, int height, String levels) {
    List<String> seen =
        new Passes(Family.SCAN, -1, -1, 32)
            .full(width, height, 1).stream()
                .map(pass -> String.valueOf(pass.levelWidth()))
                .distinct()
                .toList();
    assertEquals(levels, String.join(" ", seen));
  }

  @Test
  void aWholePhotoIsPutInAsTheAuthorsDo() {
    // InsightFace: a square, the photo in its top left corner, the shorter side truncated.
    Pass scrfd = new Passes(Family.SCRFD, -1, -1, 32).whole(1000, 333, 640);
    assertEquals(new Pass(640, 213, 0, 0, 640, 213, 640, 640, Pass.ANY), scrfd);
    // OpenCV: padded to a multiple of 32.
    assertEquals(new Pass(213, 640, 0, 0, 213, 640, 224, 640, Pass.ANY), ANY.whole(333, 1000, 640));
    // Ultra-Light: stretched.
    Pass stretched = new Passes(Family.ULTRA_LIGHT, 320, 240, 1).whole(1000, 333, 640);
    assertEquals(new Pass(320, 240, 0, 0, 320, 240, 320, 240, Pass.ANY), stretched);
    // Others with a fixed input: as much of it as the photo fills.
    Pass fixed = new Passes(Family.RETINAFACE, 640, 480, 1).whole(100, 300, 640);
    assertEquals(new Pass(160, 480, 0, 0, 160, 480, 640, 480, Pass.ANY), fixed);
  }

  @Test
  void largerFacesMakeFewerParts() {
    assertTrue(ANY.full(4000, 3000, 0.25).size() < ANY.full(4000, 3000, 1).size());
    assertEquals(1, ANY.full(4000, 3000, 0.25).size());
  }

  @Test
  void placesAreScaledByTheRatioOfTheSizes() {
    Pass half = new Pass(500, 400, 100, 200, 300, 200, 320, 224, Pass.ANY);
    Proposals found = new Proposals();
    int row = found.add(0, 0, 10, 20, 0.9f);
    found.set(row, Proposals.LANDMARKS, 7);
    found.set(row, Proposals.LANDMARKS + 5, 8);
    half.toPhoto(found, row, 1000, 800, true);
    assertEquals(200, found.get(row, 0));
    assertEquals(400, found.get(row, 1));
    assertEquals(220, found.get(row, 2));
    assertEquals(440, found.get(row, 3));
    assertEquals(214, found.get(row, Proposals.LANDMARKS));
    assertEquals(416, found.get(row, Proposals.LANDMARKS + 5));
    Pass full = new Pass(1000, 800, 17, 0, 300, 800, 320, 800, Pass.ANY);
    full.toPhoto(found, row, 1000, 800, false);
    assertEquals(217, found.get(row, 0));
    assertEquals(214, found.get(row, Proposals.LANDMARKS), "no landmarks");
  }

  @Test
  void whatReachesBeyondAPartIsLeftToTheNext() {
    Pass middle = new Pass(1000, 800, 100, 0, 300, 800, 320, 800, Pass.ANY);
    Proposals found = new Proposals();
    assertTrue(middle.isWhole(found, found.add(1, -9, 299, 900, 1)), "beyond the photo's edge");
    assertTrue(!middle.isWhole(found, found.add(-1, 10, 50, 90, 1)));
    assertTrue(!middle.isWhole(found, found.add(200, 10, 300, 90, 1)));
  }

  @Test
  void largeFacesAreLeftToTheSmallerSizesOfAPhoto() {
    List<Pass> all = new Passes(Family.SCAN, -1, -1, 32).full(1920, 1080, 1);
    Proposals found = new Proposals();
    int large = found.add(20, 20, 120, 200, 1);
    int small = found.add(20, 20, 120, 160, 1);
    assertTrue(!all.get(0).isWhole(found, large) && all.get(0).isWhole(found, small));
    assertTrue(all.get(all.size() - 1).isWhole(found, large));
  }
}
