package io.facepipeline.detection.work;

import java.util.ArrayList;
import java.util.List;

/** What the tasks of one image find, each in a part of its own. */
public final class Parts {
  private final List<Proposals> parts = new ArrayList<>();

  /** Gets ready for so many tasks. */
  public void divide(int tasks) {
    while (parts.size() < tasks) {
      parts.add(new Proposals());
    }
    for (int i = 0; i < tasks; i++) {
      parts.get(i).clear();
    }
  }

  /** {@return what one task finds} */
  public Proposals get(int task) {
    return parts.get(task);
  }

  /** Puts what the tasks have found into one place, in their order. */
  public void joinInto(Proposals found, int tasks) {
    found.clear();
    for (int i = 0; i < tasks; i++) {
      found.addAll(parts.get(i));
    }
  }
}
