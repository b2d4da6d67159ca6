package io.facepipeline.onnx.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.junit.jupiter.api.function.Executable;

/** What the store refuses, and why. */
final class StoreFailures {
  private StoreFailures() {}

  @CanIgnoreReturnValue
  static ModelStoreException assertRefused(ModelStoreException.Reason reason, Executable call) {
    ModelStoreException e = assertThrows(ModelStoreException.class, call);
    assertEquals(reason, e.reason(), e.getMessage());
    return e;
  }
}
