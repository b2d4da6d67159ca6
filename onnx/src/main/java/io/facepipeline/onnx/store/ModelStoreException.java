package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.internal.UserCache;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model's file that cannot be had: downloaded, trusted, kept or read. */
public final class ModelStoreException extends FacePipelineException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** Why the file cannot be had. */
  public enum Reason {
    /**
     * The server does not answer, refuses, or fails too often. The received part is kept, and the
     * next attempt continues from there.
     */
    DOWNLOAD,
    /** The size or hash differs from the published one or from the first download. */
    INTEGRITY,
    /** The license restricts the use of the weights, and nobody has accepted it or may. */
    LICENSE,
    /** The file does not fit on the disk. Nothing of it remains there. */
    DISK_FULL,
    /** The cache cannot be read or written, or a path is not usable. */
    CACHE
  }

  /**
   * Creates an exception.
   *
   * @param reason why the file cannot be had
   * @param message the fact, the value, and what to do
   */
  public ModelStoreException(Reason reason, String message) {
    this(reason, message, null);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param reason why the file cannot be had
   * @param message the fact, the value, and what to do
   * @param cause the cause
   */
  public ModelStoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * {@return an exception for a disk that is full}
   *
   * @param file what was to be written
   * @param needed the number of bytes still to write; 0 if unknown
   * @param free the number of free bytes
   * @param cause what the system said, if anything
   */
  public static ModelStoreException diskFull(
      Path file, long needed, long free, @Nullable Throwable cause) {
    return new ModelStoreException(
        Reason.DISK_FULL,
        file
            + " needs "
            + (needed > 0 ? needed : "an unknown number of")
            + " more bytes and "
            + free
            + " are free; free some, or put the cache elsewhere with the environment variable "
            + UserCache.VARIABLE,
        cause);
  }

  static ModelStoreException unaccepted(PublishedFile file) {
    return new ModelStoreException(
        Reason.LICENSE,
        file.id()
            + " is published under "
            + file.license().name()
            + " ("
            + file.license().url()
            + "), which restricts its use; read it, and if you agree, accept it with"
            + " ModelStore.builder().acceptLicense(\""
            + file.id()
            + "\") or --accept-license");
  }

  static ModelStoreException notForCommercialUse(PublishedFile file) {
    PublishedFile.License license = file.license();
    return notForCommercialUse(
        file.id(),
        license.commercialUse(),
        " (" + license.name() + ", " + license.url() + ")",
        ", or ask them and leave");
  }

  static ModelStoreException notForCommercialUse(String model, CommercialUse stated) {
    return notForCommercialUse(
        model,
        stated,
        "",
        stated == CommercialUse.NO
            ? ", or ask them and leave"
            : "; or, if you know that it is allowed, say so on the file's card or in its catalog"
                + " entry (\"commercialUse\": \"yes\", docs/models.md); or leave");
  }

  private static ModelStoreException notForCommercialUse(
      String model, CommercialUse stated, String terms, String otherwise) {
    String said =
        stated == CommercialUse.NO
            ? "the authors of " + model + " forbid commercial use"
            : "the authors of " + model + " do not state whether commercial use is allowed";
    return new ModelStoreException(
        Reason.LICENSE,
        said
            + terms
            + "; choose another model (models list --commercial)"
            + otherwise
            + " onlyCommercialUse() or --commercial-only out");
  }

  /** {@return why the file cannot be had} */
  public Reason reason() {
    return reason;
  }
}
