package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;

/** Weights with a restricted license that nobody has accepted. */
public final class LicenseException extends FacePipelineException {
  private final transient License license;

  LicenseException(PublishedFile file) {
    super(
        file.id()
            + " is published under "
            + file.license().name()
            + " ("
            + file.license().url()
            + "), which restricts its use; read it, and if you agree, accept it with"
            + " ModelStore.builder().acceptLicense(\""
            + file.id()
            + "\") or --accept-license");
    license = file.license();
  }

  /** {@return the license to be accepted} */
  public License license() {
    return license;
  }
}
