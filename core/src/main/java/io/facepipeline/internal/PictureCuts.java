package io.facepipeline.internal;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;

/** How pictures without a detected face are cut: where they are run and where they are trained. */
public final class PictureCuts {
  /** The shorter side of a picture is longer by one of these than the part that is looked at. */
  private static final int SEVENTHS = 7;

  private PictureCuts() {}

  /**
   * {@return the middle of a picture, as torchvision's reference cuts it: the picture is resized
   * first, its shorter side to 256 pixels for 224}
   *
   * @param picture the picture
   * @param side of the square in pixels
   */
  public static Image middle(Image picture, int side) {
    int shorterSide = side + (side + SEVENTHS - 1) / SEVENTHS;
    int shorter = Math.min(picture.width(), picture.height());
    int width = (int) ((long) shorterSide * picture.width() / shorter);
    int height = (int) ((long) shorterSide * picture.height() / shorter);
    Image small = picture.resized(width, height);
    int x = (int) Math.rint((width - side) / 2.0);
    int y = (int) Math.rint((height - side) / 2.0);
    return small.crop(x, y, side, side);
  }

  /**
   * {@return a face that fills a picture, with landmarks where an average face has them: for crops
   * of faces}
   *
   * @param crop the picture
   */
  public static Face filling(Image crop) {
    float w = crop.width();
    float h = crop.height();
    return new Face(
        new Box(0, 0, w, h),
        Landmarks.of(
            0.3f * w, 0.4f * h, 0.7f * w, 0.4f * h, 0.5f * w, 0.6f * h, 0.35f * w, 0.8f * h,
            0.65f * w, 0.8f * h),
        1);
  }
}
