package io.facepipeline.training.detector;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.training.data.PhotoStore;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws what the network sees: a part of a photo around a face, enlarged or shrunk so that the face
 * has any size from a few pixels on, or four such parts (a mosaic, Bochkovskiy et al. 2020);
 * mirrored, tilted, brighter or darker, without color, in the dark, some faces behind a mask. A
 * teacher sees the view before its colors change and without masks. Thread-safe.
 */
final class ViewMaker {
  private static final int CHANNELS = 3;
  private static final double MOSAICS = 0.4;

  /** How many of the views are of a place that has nothing to do with a face. */
  private static final double ANYWHERE = 0.1;

  /** How many of the parts are tilted, and by up to how much. */
  private static final double TILTED = 0.4;

  private static final double MOST_TILTED = Math.toRadians(45);

  private static final double SMALLEST_FACE = 8;
  private static final double MOST_ENLARGED = 2.5;
  private static final int MOST_SAMPLES = 3;

  private final PhotoStore photos;
  private final List<TrueFaces> truth;
  private final double[] chances;
  private final int side;

  /**
   * Creates it.
   *
   * @param truth what each photo of the store shows, in its pixels
   * @param shares how often each photo is seen, relative to the others
   * @param side the width and height of a view
   */
  ViewMaker(PhotoStore photos, List<TrueFaces> truth, List<Double> shares, int side) {
    this.photos = photos;
    this.truth = List.copyOf(truth);
    this.side = side;
    chances = new double[truth.size()];
    double sum = 0;
    for (int i = 0; i < chances.length; i++) {
      sum += shares.get(i);
      chances[i] = sum;
    }
  }

  int side() {
    return side;
  }

  /** {@return a view} */
  View draw(SplittableRandom random) {
    byte[] rgb = new byte[CHANNELS * side * side];
    Arrays.fill(rgb, (byte) (random.nextBoolean() ? 0 : random.nextInt(256)));
    List<TrueFace> faces = new ArrayList<>();
    List<Box> ignored = new ArrayList<>();
    if (random.nextDouble() < MOSAICS) {
      int x = (int) (side * random.nextDouble(0.3, 0.7));
      int y = (int) (side * random.nextDouble(0.3, 0.7));
      part(0, 0, x, y, rgb, faces, ignored, random);
      part(x, 0, side - x, y, rgb, faces, ignored, random);
      part(0, y, x, side - y, rgb, faces, ignored, random);
      part(x, y, side - x, side - y, rgb, faces, ignored, random);
    } else {
      part(0, 0, side, side, rgb, faces, ignored, random);
    }
    byte[] seen = rgb.clone();
    for (TrueFace face : faces) {
      if (face.landmarks() != null && random.nextDouble() < MaskPaint.SHARE) {
        MaskPaint.cover(seen, side, face.landmarks(), random);
      }
    }
    ViewColors.change(seen, random);
    return new View(
        Image.unsafeOfRgb(side, side, seen),
        Image.unsafeOfRgb(side, side, rgb),
        new TrueFaces(faces, ignored));
  }

  private void part(
      int left,
      int top,
      int width,
      int height,
      byte[] rgb,
      List<TrueFace> faces,
      List<Box> ignored,
      SplittableRandom random) {
    int photo = photo(random);
    Placed placed = place(photo, left, top, width, height, random);
    Image image = photos.photo(photo);
    int most = (int) Math.max(1, Math.min(MOST_SAMPLES, Math.ceil(1 / placed.scale())));
    placed.draw(image, random.nextBoolean() ? 1 : most, rgb, side);
    placed.add(truth.get(photo), faces, ignored);
  }

  private int photo(SplittableRandom random) {
    double at = random.nextDouble(chances[chances.length - 1]);
    int index = Arrays.binarySearch(chances, at);
    return Math.min(chances.length - 1, index < 0 ? -index - 1 : index + 1);
  }

  private Placed place(
      int photo, int left, int top, int width, int height, SplittableRandom random) {
    int photoWidth = photos.width(photo);
    int photoHeight = photos.height(photo);
    List<TrueFace> faces = truth.get(photo).faces();
    // Not so small that most of the part would be empty.
    double least = 0.6 * Math.min((double) width / photoWidth, (double) height / photoHeight);
    double scale;
    double centerX;
    double centerY;
    double room;
    if (faces.isEmpty() || random.nextDouble() < ANYWHERE) {
      scale = Math.exp(random.nextDouble(Math.log(least), Math.log(Math.max(1.5, 2 * least))));
      centerX = random.nextDouble(photoWidth);
      centerY = random.nextDouble(photoHeight);
      room = 0;
    } else {
      Box box = faces.get(random.nextInt(faces.size())).box();
      double size = Math.sqrt(box.area());
      double largest = 0.9 * Math.min(width, height);
      double wanted = Math.exp(random.nextDouble(Math.log(SMALLEST_FACE), Math.log(largest)));
      scale = Math.max(least, Math.min(MOST_ENLARGED, wanted / size));
      centerX = (box.x1() + box.x2()) / 2;
      centerY = (box.y1() + box.y2()) / 2;
      room = size * scale / 2;
    }
    double x = start(centerX, room, scale, width, photoWidth, random);
    double y = start(centerY, room, scale, height, photoHeight, random);
    double tilt = random.nextDouble() < TILTED ? random.nextDouble(-MOST_TILTED, MOST_TILTED) : 0;
    return new Placed(x, y, scale, tilt, random.nextBoolean(), left, top, width, height);
  }

  /** Where a part begins in the photo so that a face is anywhere in it, and little beside it. */
  private static double start(
      double center, double room, double scale, int extent, int photo, SplittableRandom random) {
    double within = Math.max(1, extent - 2 * room);
    double place = extent / 2.0 + (random.nextDouble() - 0.5) * within;
    double start = center - place / scale;
    double last = photo - extent / scale;
    return last > 0 ? Math.max(0, Math.min(last, start)) : Math.max(last, Math.min(0, start));
  }
}
