package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.detection.work.Parts;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.detection.work.Suppression;

/** The candidates of one image on their way through the cascade; kept for the next image. */
final class Frame {
  final Suppression suppression = new Suppression();

  /** What is known after a stage. */
  final Proposals candidates = new Proposals();

  /** What a stage has found, before suppression. */
  final Proposals found = new Proposals();

  /** What P-Net has found on one level. */
  final Proposals level = new Proposals();

  /** What is left of a level. */
  final Proposals kept = new Proposals();

  /** Rows of {@link #candidates} that have a pixel inside the image, the first {@link #count}. */
  int[] visible = new int[0];

  int count;

  /** What the tasks of a stage find. */
  final Parts parts = new Parts();
}
