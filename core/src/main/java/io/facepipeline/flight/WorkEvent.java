package io.facepipeline.flight;

import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What every event of this library tells, beside its time, its duration and its thread. */
abstract class WorkEvent extends Event {
  @Label("Failure")
  @Nullable String failure;

  /** Takes over what was noted while the work was done. */
  abstract void fill(RecordedWork work);
}
