package io.facepipeline.cli.stages;

import java.util.Locale;

/** The numbers that an embedder computes with. */
public enum Precision {
  FLOAT32,
  INT8;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
