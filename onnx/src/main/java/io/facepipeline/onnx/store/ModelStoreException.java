package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** A cache of models that cannot be read or written. */
public final class ModelStoreException extends FacePipelineException {
  ModelStoreException(String message) {
    super(message);
  }

  ModelStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
