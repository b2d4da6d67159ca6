package io.facepipeline.spring;

import io.facepipeline.StageListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the stages' work: {@code facepipeline.stage}, a timer by stage and kind of failure, and
 * {@code facepipeline.faces}, the faces found. Thread-safe.
 */
final class StageMeters implements StageListener, MeterBinder {
  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
    found(registry); // there from the beginning, for whoever draws it
  }

  @Override
  public void ended(String stage, int faces, Duration took, @Nullable Throwable failure) {
    String error = failure == null ? "none" : FailureKind.of(failure).name();
    for (MeterRegistry registry : registries) {
      Timer.builder("facepipeline.stage")
          .description("time that a stage of the pipeline took for a photo")
          .tag("stage", stage)
          .tag("error", error)
          .register(registry)
          .record(took);
      if (stage.equals("detect")) {
        found(registry).increment(faces);
      }
    }
  }

  private static Counter found(MeterRegistry registry) {
    return Counter.builder("facepipeline.faces")
        .description("faces found in photos")
        .register(registry);
  }
}
