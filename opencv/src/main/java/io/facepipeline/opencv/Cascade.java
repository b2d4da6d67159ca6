package io.facepipeline.opencv;

import java.util.Locale;

/** The frontal-face cascades inside the OpenCV artifact. */
public enum Cascade {
  /** Viola and Jones 2001, OpenCV's first cascade. */
  HAARCASCADE_FRONTALFACE_DEFAULT,
  /** Gentle AdaBoost, stumps. */
  HAARCASCADE_FRONTALFACE_ALT,
  /** Gentle AdaBoost, trees of two. */
  HAARCASCADE_FRONTALFACE_ALT2,
  /** A tree of stages: fewer false positives, but also fewer true ones. */
  HAARCASCADE_FRONTALFACE_ALT_TREE,
  /** Local binary patterns: several times faster. */
  LBPCASCADE_FRONTALFACE_IMPROVED;

  /** The path below OpenCV's shared files. */
  String path() {
    String name = name().toLowerCase(Locale.ROOT);
    return (name.startsWith("haar") ? "haarcascades/" : "lbpcascades/") + name + ".xml";
  }
}
