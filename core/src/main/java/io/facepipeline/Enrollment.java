package io.facepipeline;

import io.facepipeline.internal.Labels;
import io.facepipeline.internal.MetadataText;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Faces of one person to add to a {@link FaceGallery}. Immutable.
 *
 * @param label the person's label, in the form of {@link Labels#accept}
 * @param embeddings at least one embedding
 * @param metadata entries that are added to the person's, replacing those with the same key; valid
 *     Unicode without NUL; may be empty
 */
public record Enrollment(String label, List<Embedding> embeddings, Map<String, String> metadata) {
  /**
   * Creates an enrollment.
   *
   * @throws IllegalArgumentException if the label is not valid ({@link Labels}), there is no
   *     embedding, or metadata is not valid Unicode
   */
  public Enrollment {
    label = Labels.accept(label);
    if (embeddings.isEmpty()) {
      throw new IllegalArgumentException("enrolling " + label + " needs at least one embedding");
    }
    embeddings = List.copyOf(embeddings);
    metadata = MetadataText.accept(metadata);
  }

  /**
   * {@return an enrollment without metadata}
   *
   * @param label the person's label
   * @param embeddings at least one embedding
   */
  public static Enrollment of(String label, List<Embedding> embeddings) {
    return new Enrollment(label, embeddings, Map.of());
  }

  /**
   * The options of enrolling a person with {@link FacePipeline#enrollAll(String, java.util.List,
   * Options)}. Immutable.
   */
  public static final class Options {
    private static final Options DEFAULTS = new Options(Map.of(), false, ProgressListener.NONE);

    private final Map<String, String> metadata;
    private final boolean replacing;
    private final ProgressListener listener;

    private Options(Map<String, String> metadata, boolean replacing, ProgressListener listener) {
      this.metadata = metadata;
      this.replacing = replacing;
      this.listener = listener;
    }

    /** {@return options without metadata that keep the person's present faces} */
    public static Options defaults() {
      return DEFAULTS;
    }

    /**
     * {@return these options with metadata}
     *
     * @param newMetadata entries that are added to the person's, replacing those with the same key;
     *     valid Unicode without NUL
     * @throws IllegalArgumentException if it is not valid Unicode
     */
    public Options withMetadata(Map<String, String> newMetadata) {
      return new Options(MetadataText.accept(newMetadata), replacing, listener);
    }

    /**
     * {@return these options with or without replacing}
     *
     * @param newReplacing whether the new faces replace all present faces of the person
     */
    public Options withReplacing(boolean newReplacing) {
      return new Options(metadata, newReplacing, listener);
    }

    /**
     * {@return these options with a listener}
     *
     * @param newListener is notified after each photo
     */
    public Options withListener(ProgressListener newListener) {
      Objects.requireNonNull(newListener, "the progress listener must not be null");
      return new Options(metadata, replacing, newListener);
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
}
