package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Image;
import java.nio.FloatBuffer;

/**
 * Resamples a part of an image as torch's {@code interpolate(mode="area")} does: each output pixel
 * is the mean of the source pixels from floor(i * in / out) to ceil((i + 1) * in / out), so that
 * neighbors may share a source pixel.
 */
final class PlainAreaResampler {
  private PlainAreaResampler() {}

  /**
   * Writes the part as planes of red, green and blue, 0 to 255.
   *
   * @param left first column of the part, {@code right} the first behind it; likewise top and
   *     bottom
   * @param target where to write {@code 3 * width * height} numbers, at its position, which moves
   *     behind them
   */
  static void resample(
      Image image,
      int left,
      int top,
      int right,
      int bottom,
      int width,
      int height,
      FloatBuffer target) {
    byte[] rgb = image.unsafeRgb();
    int stride = image.width() * 3;
    long sourceWidth = (long) right - left;
    long sourceHeight = (long) bottom - top;
    int base = target.position();
    int plane = width * height;
    for (int y = 0; y < height; y++) {
      int y0 = (int) (y * sourceHeight / height);
      int y1 = (int) (((y + 1) * sourceHeight + height - 1) / height);
      for (int x = 0; x < width; x++) {
        int x0 = (int) (x * sourceWidth / width);
        int x1 = (int) (((x + 1) * sourceWidth + width - 1) / width);
        long r = 0;
        long g = 0;
        long b = 0;
        for (int sy = y0; sy < y1; sy++) {
          int at = (top + sy) * stride + (left + x0) * 3;
          for (int sx = x0; sx < x1; sx++) {
            r += rgb[at] & 0xff;
            g += rgb[at + 1] & 0xff;
            b += rgb[at + 2] & 0xff;
            at += 3;
          }
        }
        float rows = y1 - y0;
        float columns = x1 - x0;
        int i = base + y * width + x;
        target.put(i, r / rows / columns);
        target.put(i + plane, g / rows / columns);
        target.put(i + 2 * plane, b / rows / columns);
      }
    }
    target.position(base + 3 * plane);
  }
}
