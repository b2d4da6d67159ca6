package io.facepipeline;

import io.facepipeline.internal.MetadataText;
import java.util.Map;
import java.util.Objects;

/**
 * The options of enrolling a person with {@link FacePipeline#enrollAll(String, java.util.List,
 * EnrollOptions)}. Immutable.
 */
public final class EnrollOptions {
  private static final EnrollOptions DEFAULTS =
      new EnrollOptions(Map.of(), false, ProgressListener.NONE);

  private final Map<String, String> metadata;
  private final boolean replacing;
  private final ProgressListener listener;

  private EnrollOptions(
      Map<String, String> metadata, boolean replacing, ProgressListener listener) {
    this.metadata = metadata;
    this.replacing = replacing;
    this.listener = listener;
  }

  /** {@return options without metadata that keep the person's present faces} */
  public static EnrollOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return these options with metadata}
   *
   * @param newMetadata entries that are added to the person's, replacing those with the same key;
   *     valid Unicode without NUL
   * @throws IllegalArgumentException if it is not valid Unicode
   */
  public EnrollOptions withMetadata(Map<String, String> newMetadata) {
    return new EnrollOptions(MetadataText.accept(newMetadata), replacing, listener);
  }

  /**
   * {@return these options with or without replacing}
   *
   * @param newReplacing whether the new faces replace all present faces of the person
   */
  public EnrollOptions withReplacing(boolean newReplacing) {
    return new EnrollOptions(metadata, newReplacing, listener);
  }

  /**
   * {@return these options with a listener}
   *
   * @param newListener is notified after each photo
   */
  public EnrollOptions withListener(ProgressListener newListener) {
    Objects.requireNonNull(newListener, "the progress listener must not be null");
    return new EnrollOptions(metadata, replacing, newListener);
  }

  Map<String, String> metadata() {
    return metadata;
  }

  boolean isReplacing() {
    return replacing;
  }

  ProgressListener listener() {
    return listener;
  }

  @Override
  public String toString() {
    return (replacing ? "replacing" : "adding") + ", noting " + metadata.keySet();
  }
}
