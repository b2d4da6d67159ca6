package io.facepipeline.opencv;

import io.facepipeline.Image;
import io.facepipeline.opencv.internal.OpenCvImageCodec;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Converts between images and OpenCV's matrices, with one copy each way. The caller closes every
 * {@code Mat} it gets.
 */
public final class Mats {
  private Mats() {}

  /**
   * {@return an image as OpenCV's color matrix, 8 bits, BGR; the caller closes it}
   *
   * @param image the image
   */
  public static Mat bgr(Image image) {
    Mat mat = rgb(image);
    try {
      opencv_imgproc.cvtColor(mat, mat, opencv_imgproc.COLOR_RGB2BGR);
      return mat;
    } catch (RuntimeException e) {
      mat.close();
      throw e;
    }
  }

  /**
   * {@return an image as a matrix with one channel, 0.299 R + 0.587 G + 0.114 B; the caller closes
   * it}
   *
   * @param image the image
   */
  public static Mat grey(Image image) {
    Mat grey = new Mat();
    try (Mat rgb = rgb(image)) {
      opencv_imgproc.cvtColor(rgb, grey, opencv_imgproc.COLOR_RGB2GRAY);
      return grey;
    } catch (RuntimeException e) {
      grey.close();
      throw e;
    }
  }

  /**
   * {@return a matrix as an image}
   *
   * @param mat 8 bits; one channel, BGR or BGRA; the fourth channel is dropped. It stays open.
   * @throws IllegalArgumentException if it has another format or is empty
   */
  public static Image image(Mat mat) {
    if (mat.empty() || mat.dims() != 2 || mat.depth() != opencv_core.CV_8U) {
      throw new IllegalArgumentException(
          "a matrix must have 2 dimensions and 8 bits to become an image, got one of "
              + mat.dims()
              + " dimensions and depth "
              + mat.depth());
    }
    int conversion =
        switch (mat.channels()) {
          case 1 -> opencv_imgproc.COLOR_GRAY2RGB;
          case 3 -> opencv_imgproc.COLOR_BGR2RGB;
          case 4 -> opencv_imgproc.COLOR_BGRA2RGB;
          default ->
              throw new IllegalArgumentException(
                  "a matrix must have 1, 3 or 4 channels to become an image, got "
                      + mat.channels());
        };
    try (Mat rgb = new Mat()) {
      opencv_imgproc.cvtColor(mat, rgb, conversion);
      return ofRgb(rgb);
    }
  }

  /** An image as an RGB matrix. */
  static Mat rgb(Image image) {
    Mat mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
    mat.data().put(image.unsafeRgb());
    return mat;
  }

  /** An image from an RGB matrix of 8 bits without gaps between rows. */
  static Image ofRgb(Mat rgb) {
    return Image.unsafeOfRgb(rgb.cols(), rgb.rows(), OpenCvImageCodec.pixels(rgb));
  }
}
