package io.facepipeline.opencv.internal;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.EncodedImage;
import io.facepipeline.spi.ImageCodec;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes JPEG and WebP with OpenCV. The service loader finds it, and it runs before the built-in
 * codec. It leaves JPEGs that are damaged, truncated or have four components to the built-in codec,
 * because the native decoder prints its complaints on standard error; PNGs for the same reason. If
 * OpenCV's natives are missing, it accepts no file, the built-in codec takes over, and a warning
 * tells so. Pixels of JPEGs differ from the JDK's by the rounding of another decoder. Thread-safe.
 */
public final class OpenCvImageCodec implements ImageCodec {
  private static final int PRIORITY = 100;

  /** Creates the codec; the service loader calls this. */
  public OpenCvImageCodec() {}

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public boolean canDecode(byte[] header) {
    // Without the natives a good picture must not be called damaged.
    return (isJpeg(header) || isWebp(header)) && Natives.present();
  }

  private static boolean isJpeg(byte[] header) {
    return header.length > 2
        && (header[0] & 0xFF) == 0xFF
        && (header[1] & 0xFF) == 0xD8
        && (header[2] & 0xFF) == 0xFF;
  }

  private static boolean isWebp(byte[] header) {
    String start = new String(header, 0, Math.min(12, header.length), StandardCharsets.ISO_8859_1);
    return start.length() == 12 && start.startsWith("RIFF") && start.endsWith("WEBP");
  }

  @Override
  public Image decode(byte[] encoded, ReadOptions options, String name) {
    EncodedImage picture = EncodedImage.check(encoded, options, name);
    if (!picture.intact()) {
      return ImageCodec.builtIn().decode(encoded, options, name);
    }
    int flags = opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    try (BytePointer bytes = new BytePointer(picture.bytes());
        Mat file = new Mat(bytes);
        Mat rgb = opencv_imgcodecs.imdecode(file, flags)) {
      if (rgb.empty()) {
        throw new ImageException(
            name, Reason.CORRUPT, "opencv cannot decode it; the file is damaged");
      }
      options.requireAllowed(rgb.cols(), rgb.rows(), name);
      return picture.upright(rgb.cols(), rgb.rows(), pixels(rgb));
    } catch (ImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // What OpenCV throws has no type of its own.
      throw new ImageException(
          name, Reason.CORRUPT, "opencv cannot decode it; the file is damaged: " + e, e);
    }
  }

  /** Copies the bytes of an RGB matrix of 8 bits without gaps between rows. */
  public static byte[] pixels(Mat rgb) {
    byte[] pixels = new byte[3 * rgb.rows() * rgb.cols()];
    rgb.data().get(pixels);
    return pixels;
  }
}
