package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import java.util.List;

/** The file of a published model is not where models are looked for. */
public final class ModelNotFoundException extends FacePipelineException {
  private final transient List<PublishedFile> wanted;

  ModelNotFoundException(String message, List<PublishedFile> wanted) {
    super(message);
    this.wanted = List.copyOf(wanted);
  }

  /** {@return the files that are wanted} */
  public List<PublishedFile> wanted() {
    return wanted == null ? List.of() : wanted;
  }
}
