package io.facepipeline.cli.stages;

import io.facepipeline.FaceSelection;

/** The choice among the faces of a photo. */
public enum Select {
  /** The largest, if all others are far smaller; else several are an error. */
  dominant(FaceSelection.dominant()),
  /** The only one; several are an error, however small. */
  only(FaceSelection.only()),
  /** The largest. */
  largest(FaceSelection.largest()),
  /** The one the detector is surest of. */
  probable(FaceSelection.mostProbable()),
  /** A large one near the center. */
  center(FaceSelection.centerWeighted());

  private final FaceSelection selection;

  public FaceSelection selection() {
    return selection;
  }

  Select(FaceSelection selection) {
    this.selection = selection;
  }
}
