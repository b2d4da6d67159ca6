package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;

/** Weights with a restricted licence that nobody has accepted. */
public final class LicenceException extends FacePipelineException {
  private final transient Licence licence;

  LicenceException(PublishedFile file) {
    super(
        file.id()
            + " is published under "
            + file.licence().name()
            + " ("
            + file.licence().url()
            + "), which restricts its use; read it, and if you agree, accept it with"
            + " ModelStore.builder().acceptLicence(\""
            + file.id()
            + "\") or --accept-licence");
    licence = file.licence();
  }

  /** {@return the licence to be accepted} */
  public Licence licence() {
    return licence;
  }
}
