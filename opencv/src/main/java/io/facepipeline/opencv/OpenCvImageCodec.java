package io.facepipeline.opencv;

import io.facepipeline.Image;
import io.facepipeline.ImageCodec;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes JPEG, PNG and WebP by OpenCV, with the orientation in the file; found by the service
 * loader, and asked before the built-in codec. Where OpenCV's natives are missing it takes no file,
 * so that the built-in codec does, and a warning says so. Pixels of JPEGs differ from the JDK's by
 * the rounding of another decoder, those of PNGs of 16 bits by at most a level. Thread-safe.
 */
public final class OpenCvImageCodec implements ImageCodec {
  private static final int PRIORITY = 100;

  /** Creates it; the service loader does. */
  public OpenCvImageCodec() {}

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public boolean canDecode(byte[] header) {
    // Without the natives a good picture must not be called damaged.
    return EncodedPicture.isKnown(header) && Natives.present();
  }

  @Override
  public Image decode(byte[] encoded, ReadOptions options, String name) {
    EncodedPicture picture = new EncodedPicture(encoded, name);
    picture.check(options);
    try (BytePointer bytes = new BytePointer(encoded);
        Mat file = new Mat(bytes);
        Mat rgb = opencv_imgcodecs.imdecode(file, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
      if (rgb.empty()) {
        throw picture.corrupt("opencv cannot decode it");
      }
      options.requireAllowed(rgb.cols(), rgb.rows(), name);
      return Mats.ofRgb(rgb);
    } catch (ImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // What OpenCV throws has no type of its own.
      throw new ImageException(
          name, Reason.CORRUPT, "opencv cannot decode it; the file is damaged: " + e, e);
    }
  }
}
