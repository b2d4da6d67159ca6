package io.facepipeline.opencv.internal;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.UserCache;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;

/** OpenCV's libraries, which a user adds for the platforms that are wanted. */
public final class Natives {
  private static final System.Logger LOG = System.getLogger(Natives.class.getName());

  /** What the loader said; empty if they are there. */
  private static final String PROBLEM = load();

  private Natives() {}

  private static String load() {
    try {
      UserCache.holdJavaCppNatives();
      Loader.load(opencv_core.class);
      Loader.load(opencv_imgcodecs.class);
      return "";
    } catch (LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING, advice() + "; the built-in decoder is used instead: " + e);
      return e.toString();
    } catch (FacePipelineException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "opencv's natives cannot be unpacked, so the built-in decoder is used: "
              + e.getMessage());
      return e.toString();
    }
  }

  private static String advice() {
    return "opencv's natives for "
        + platform()
        + " are not on the class path; add org.bytedeco's javacpp, openblas and opencv with that"
        + " classifier";
  }

  private static String platform() {
    try {
      return Loader.getPlatform();
    } catch (LinkageError e) {
      return "this platform";
    }
  }

  /** {@return whether OpenCV can be used} */
  public static boolean present() {
    return PROBLEM.isEmpty();
  }

  /**
   * Makes sure that OpenCV can be used.
   *
   * @throws FacePipelineException if not; the message names what to add
   */
  public static void require() {
    if (!PROBLEM.isEmpty()) {
      throw new FacePipelineException(advice() + ": " + PROBLEM);
    }
  }
}
