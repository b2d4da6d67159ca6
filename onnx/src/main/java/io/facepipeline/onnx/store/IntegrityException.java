package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;

/** A file whose size or hash is not what was published or what was first seen. */
public final class IntegrityException extends FacePipelineException {
  IntegrityException(String message) {
    super(message);
  }
}
