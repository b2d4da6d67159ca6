package io.facepipeline;

import io.facepipeline.internal.MetadataText;
import java.util.Map;
import java.util.Objects;

/**
 * How a person is enrolled by {@link FacePipeline#enrollAll(String, java.util.List,
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

  /** {@return options without metadata, which keep the faces that the person has} */
  public static EnrollOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return these options with what is noted about the person}
   *
   * @param newMetadata entries that are put over those the person has, valid Unicode without NUL
   * @throws IllegalArgumentException if it is not valid Unicode
   */
  public EnrollOptions withMetadata(Map<String, String> newMetadata) {
    return new EnrollOptions(MetadataText.accept(newMetadata), replacing, listener);
  }

  /**
   * {@return these options with or without the faces that the person had}
   *
   * @param newReplacing whether the new faces take the place of all that the person had
   */
  public EnrollOptions withReplacing(boolean newReplacing) {
    return new EnrollOptions(metadata, newReplacing, listener);
  }

  /**
   * {@return these options with a listener}
   *
   * @param newListener is told of each photo that was looked at
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
