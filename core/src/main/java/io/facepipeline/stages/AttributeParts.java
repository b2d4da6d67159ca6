package io.facepipeline.stages;

import io.facepipeline.FaceAttribute;
import io.facepipeline.internal.SetOnce;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attribute models that a builder was given, each with another id, and which of them judges who
 * is live. Not thread-safe.
 */
public final class AttributeParts {
  private final List<StagePart<FaceAttribute>> parts = new ArrayList<>();
  private @Nullable StagePart<FaceAttribute> judge;
  private float leastLive;

  /**
   * The opened models.
   *
   * @param models in the order they were added
   * @param gate refuses who is not live; null if nobody is refused
   */
  public record Opened(List<FaceAttribute> models, @Nullable LiveGate gate) {}

  public void add(StagePart<FaceAttribute> part) {
    FaceAttribute added = part.stage();
    if (added != null) {
      parts.forEach(other -> requireAnotherId(other.stage(), added));
    }
    parts.add(part);
  }

  /** Adds the model that judges who is live, and refuses one that cannot. */
  public void requireLive(StagePart<FaceAttribute> part, float minimum) {
    float least = LiveGate.accept(minimum);
    FaceAttribute model = part.stage();
    if (model != null) {
      new LiveGate(model, least);
    }
    judge = SetOnce.set("liveness model", judge, part);
    leastLive = least;
    add(part);
  }

  public Opened open(Ownership ownership) {
    List<FaceAttribute> models = new ArrayList<>();
    LiveGate gate = null;
    for (StagePart<FaceAttribute> part : parts) {
      FaceAttribute model = ownership.take(part.open());
      models.forEach(other -> requireAnotherId(other, model));
      models.add(model);
      gate = part.equals(judge) ? new LiveGate(model, leastLive) : gate;
    }
    return new Opened(models, gate);
  }

  private static void requireAnotherId(@Nullable FaceAttribute one, FaceAttribute other) {
    String id = other.card().id();
    if (one != null && one.card().id().equals(id)) {
      throw new IllegalArgumentException("the attribute model " + id + " was already added");
    }
  }
}
