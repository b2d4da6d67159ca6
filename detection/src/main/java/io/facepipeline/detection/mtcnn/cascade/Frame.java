package io.facepipeline.detection.mtcnn.cascade;

import java.util.ArrayList;
import java.util.List;

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

  private final List<Proposals> parts = new ArrayList<>();

  /** Gets ready for so many tasks, each with a part of its own. */
  void divide(int tasks) {
    while (parts.size() < tasks) {
      parts.add(new Proposals());
    }
    for (int i = 0; i < tasks; i++) {
      parts.get(i).clear();
    }
  }

  /** What one task finds. */
  Proposals part(int task) {
    return parts.get(task);
  }

  /** Leaves what the tasks have found in {@link #found}, in order. */
  void join(int tasks) {
    found.clear();
    for (int i = 0; i < tasks; i++) {
      found.addAll(parts.get(i));
    }
  }
}
