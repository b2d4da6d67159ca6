package io.facepipeline.training.detector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.ProgressListener;
import io.facepipeline.training.data.PhotoStore;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photos whose one face is a bright square with a red, a green and three blue points. */
class ViewMakerTest {
  private static final int WIDTH = 200;
  private static final int HEIGHT = 150;
  private static final Box FACE = new Box(60, 40, 124, 104);
  private static final Landmarks POINTS = Landmarks.of(76, 60, 108, 60, 92, 76, 80, 90, 104, 90);
  private static final TrueFaces TRUTH =
      new TrueFaces(List.of(new TrueFace(FACE, POINTS)), List.of());

  @TempDir Path folder;

  private static Image photo() {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        boolean face = x >= FACE.x1() && x < FACE.x2() && y >= FACE.y1() && y < FACE.y2();
        boolean left = face && x < 92;
        rgb[3 * (y * WIDTH + x)] = (byte) (face ? left ? 250 : 180 : 20);
        rgb[3 * (y * WIDTH + x) + 1] = (byte) (face ? left ? 180 : 250 : 20);
        rgb[3 * (y * WIDTH + x) + 2] = (byte) (face ? 200 : 20);
      }
    }
    return Image.ofRgb(WIDTH, HEIGHT, rgb);
  }

  @Test
  void aPartShowsTheFaceWhereItSays() {
    for (boolean mirrored : new boolean[] {false, true}) {
      for (int samples : new int[] {1, 2}) {
        byte[] view = new byte[3 * 96 * 96];
        Placed placed = new Placed(40, 20, 0.5, 0, mirrored, 8, 16, 80, 64);
        placed.draw(photo(), samples, view, 96);
        List<TrueFace> faces = new ArrayList<>();
        List<Box> ignored = new ArrayList<>();
        placed.add(TRUTH, faces, ignored);
        assertEquals(1, faces.size());
        Box box = faces.get(0).box();
        assertEquals(32, box.width(), 1e-4);
        assertEquals(mirrored ? 8 + 80 - 42 : 8 + 10, box.x1(), 1e-4);
        assertEquals(16 + 10, box.y1(), 1e-4);
        for (int y = 0; y < 96; y++) {
          for (int x = 0; x < 96; x++) {
            boolean inside = x >= box.x1() && x < box.x2() && y >= box.y1() && y < box.y2();
            boolean part = x >= 8 && x < 88 && y >= 16 && y < 80;
            int red = view[3 * (y * 96 + x)] & 0xff;
            boolean edge =
                Math.min(Math.abs(x - box.x1()), Math.abs(x - box.x2())) <= 1
                    || Math.min(Math.abs(y - box.y1()), Math.abs(y - box.y2())) <= 1;
            if (!edge) {
              assertTrue(inside ? red > 150 : red == (part ? 20 : 0), x + "," + y + ": " + red);
            }
          }
        }
        // Left and right as seen in the view.
        Landmarks points = faces.get(0).landmarks();
        assertTrue(points != null && points.points().get(0).x() < points.points().get(1).x());
        assertTrue(points.points().get(3).x() < points.points().get(4).x());
        // The half that was on the left is redder; mirrored it is on the right.
        int leftEye =
            3
                * (Math.round(points.points().get(0).y()) * 96
                    + Math.round(points.points().get(0).x()));
        assertEquals(mirrored, (view[leftEye] & 0xff) < (view[leftEye + 1] & 0xff));
      }
    }
  }

  @Test
  void aTiltedPartShowsTheFaceWhereItSays() {
    for (boolean mirrored : new boolean[] {false, true}) {
      byte[] view = new byte[3 * 96 * 96];
      Placed placed = new Placed(44, 24, 1, Math.toRadians(30), mirrored, 0, 0, 96, 96);
      placed.draw(photo(), 1, view, 96);
      List<TrueFace> faces = new ArrayList<>();
      placed.add(TRUTH, faces, new ArrayList<>());
      Box box = faces.get(0).box();
      // The middle of the face is the part's, and does not move.
      assertEquals(48, (box.x1() + box.x2()) / 2, 1e-4);
      assertEquals(48, (box.y1() + box.y2()) / 2, 1e-4);
      // The ellipse in a square is a circle.
      assertEquals(64, box.width(), 1e-3);
      assertEquals(64, box.height(), 1e-3);
      Landmarks points = faces.get(0).landmarks();
      assertTrue(points != null);
      double slope =
          Math.atan2(
              points.rightEye().y() - points.leftEye().y(),
              points.rightEye().x() - points.leftEye().x());
      assertEquals(mirrored ? -30 : 30, Math.toDegrees(slope), 1e-2);
      // On each side of the line through the middle between the eyes lies its own color.
      for (Point eye : List.of(points.leftEye(), points.rightEye())) {
        boolean ownLeft = eye.equals(points.leftEye()) != mirrored;
        int at = 3 * (Math.round(eye.y()) * 96 + Math.round(eye.x()));
        assertEquals(ownLeft, (view[at] & 0xff) > (view[at + 1] & 0xff));
      }
    }
  }

  @Test
  void aMaskCoversNoseAndMouthAndLeavesTheEyes() {
    int masked = 0;
    for (int seed = 0; seed < 20; seed++) {
      Image photo = photo();
      byte[] rgb = photo.resized(150, 150).toRgb();
      byte[] before = rgb.clone();
      MaskPaint.cover(rgb, 150, POINTS, new SplittableRandom(seed));
      assertTrue(same(before, rgb, POINTS.leftEye()));
      assertTrue(same(before, rgb, POINTS.rightEye()));
      Point mouth = new Point(92, 90);
      masked += same(before, rgb, mouth) ? 0 : 1;
      assertTrue(same(before, rgb, new Point(92, 130)), "below the chin");
    }
    assertEquals(20, masked);
  }

  private static boolean same(byte[] a, byte[] b, Point at) {
    int from = 3 * (Math.round(at.y()) * 150 + Math.round(at.x()));
    return Arrays.equals(a, from, from + 3, b, from, from + 3);
  }

  @Test
  void aTeacherSeesViewsInTheirOwnColorsAndWithoutMasks() {
    try (PhotoStore store =
        PhotoStore.open(folder.resolve("photo"), 1, i -> photo(), ProgressListener.NONE)) {
      ViewMaker views = new ViewMaker(store, List.of(TRUTH), List.of(1.0), 128);
      int changed = 0;
      int dark = 0;
      for (int i = 0; i < 100; i++) {
        View view = views.draw(new SplittableRandom(i));
        changed += view.image().equals(view.taught()) ? 0 : 1;
        dark += brightest(view.image()) < 170 && brightest(view.taught()) == 250 ? 1 : 0;
      }
      assertTrue(changed > 50 && changed < 90, changed + " changed");
      assertTrue(dark > 5 && dark < 40, dark + " in the dark");
    }
  }

  private static int brightest(Image image) {
    int most = 0;
    for (byte value : image.toRgb()) {
      most = Math.max(most, value & 0xff);
    }
    return most;
  }

  @Test
  void whatIsCutOrTooSmallIsIgnored() {
    List<TrueFace> faces = new ArrayList<>();
    List<Box> ignored = new ArrayList<>();
    // Half of the face is left of the part.
    new Placed(92, 20, 1, 0, false, 0, 0, 64, 96).add(TRUTH, faces, ignored);
    assertEquals(List.of(), faces);
    assertEquals(List.of(new Box(0, 20, 32, 84)), ignored);
    ignored.clear();
    new Placed(0, 0, 0.05, 0, false, 0, 0, 64, 64).add(TRUTH, faces, ignored);
    assertEquals(List.of(), faces);
    assertEquals(1, ignored.size());
    ignored.clear();
    // Nothing of it is seen.
    new Placed(130, 0, 1, 0, false, 0, 0, 64, 64).add(TRUTH, faces, ignored);
    assertEquals(List.of(), ignored);
    // Large enough for a box, too small for landmarks.
    new Placed(0, 0, 0.125, 0, false, 0, 0, 64, 64).add(TRUTH, faces, ignored);
    assertNull(faces.get(0).landmarks());
    assertEquals(8, faces.get(0).box().width(), 1e-4);
  }

  @Test
  void drawsFacesOfAllSizesAndTheSameFromTheSameNumbers() {
    try (PhotoStore store =
        PhotoStore.open(folder.resolve("photos"), 2, i -> photo(), ProgressListener.NONE)) {
      assertEquals(2, store.size());
      assertEquals(HEIGHT, store.height(1));
      assertEquals(photo(), store.photo(1));
      TrueFaces nobody = new TrueFaces(List.of(), List.of());
      ViewMaker views = new ViewMaker(store, List.of(TRUTH, nobody), List.of(3.0, 1.0), 128);
      View first = views.draw(new SplittableRandom(5));
      View again = views.draw(new SplittableRandom(5));
      assertEquals(first.image(), again.image());
      assertEquals(first.truth(), again.truth());
      double smallest = Double.MAX_VALUE;
      double largest = 0;
      int none = 0;
      int several = 0;
      for (int i = 0; i < 200; i++) {
        List<TrueFace> faces = views.draw(new SplittableRandom(i)).truth().faces();
        none += faces.isEmpty() ? 1 : 0;
        several += faces.size() > 1 ? 1 : 0;
        for (TrueFace face : faces) {
          Box b = face.box();
          assertTrue(b.x1() >= 0 && b.y1() >= 0 && b.x2() <= 128 && b.y2() <= 128, b::toString);
          smallest = Math.min(smallest, b.width());
          largest = Math.max(largest, b.width());
        }
      }
      assertTrue(smallest < 20, "smallest " + smallest);
      assertTrue(largest > 80, "largest " + largest);
      assertTrue(none > 10 && none < 100, none + " without a face");
      assertTrue(several > 40, several + " with several");
    }
  }
}
