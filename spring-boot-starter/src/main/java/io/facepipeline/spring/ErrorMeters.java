package io.facepipeline.spring;

import io.facepipeline.StageListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Counts failures by kind as {@code facepipeline.errors}: those of the stages, and those that are
 * answered over HTTP, which may come from elsewhere, such as reading an upload. Thread-safe.
 */
final class ErrorMeters
    implements StageListener, MeterBinder, ProblemConfiguration.FailureListener {
  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  /** An exception passes here more than once on its way; it counts once. */
  private final Set<Throwable> counted =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
  }

  @Override
  public void ended(String stage, int faces, Duration took, @Nullable Throwable failure) {
    if (failure != null) {
      accept(failure);
    }
  }

  @Override
  public void accept(Throwable failure) {
    if (!counted.add(failure)) {
      return;
    }
    for (MeterRegistry registry : registries) {
      Counter.builder("facepipeline.errors")
          .description("failures of the pipeline, by kind")
          .tag("kind", FailureKind.of(failure).name())
          .register(registry)
          .increment();
    }
  }
}
