package io.facepipeline.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What every setter of a builder keeps: a setting is given once, and is never null. */
public final class SetOnce {
  private SetOnce() {}

  /**
   * Returns the value of a setting that has none yet.
   *
   * @param name what the setting is called in messages
   * @param old its value until now; null if it has none
   * @param value its new value
   * @param <T> the type of the setting
   * @return the new value
   * @throws NullPointerException if the new value is null
   * @throws IllegalStateException if the setting has a value
   */
  public static <T> T set(String name, @Nullable T old, @Nullable T value) {
    refuseSecond(name, old);
    return Objects.requireNonNull(value, () -> "the " + name + " must not be null");
  }

  /**
   * Refuses a second value of a setting.
   *
   * @param name what the setting is called in messages
   * @param old its value until now; null if it has none
   * @throws IllegalStateException if the setting has a value
   */
  public static void refuseSecond(String name, @Nullable Object old) {
    if (old != null) {
      throw new IllegalStateException("the " + name + " was already set to " + old);
    }
  }
}
