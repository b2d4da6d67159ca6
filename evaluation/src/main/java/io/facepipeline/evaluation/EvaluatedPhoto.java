package io.facepipeline.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of a pipeline for one photo. Immutable. */
public final class EvaluatedPhoto {
  private final Path file;
  private final List<FoundFace> found;
  private final @Nullable String error;

  EvaluatedPhoto(Path file, List<FoundFace> found, @Nullable String error) {
    this.file = file;
    this.found = List.copyOf(found);
    this.error = error;
  }

  /** {@return the photo} */
  public Path file() {
    return file;
  }

  /** {@return the faces; in an embedding run only the selected face, if there is one} */
  public List<Face> faces() {
    return found.stream().map(FoundFace::face).toList();
  }

  /**
   * {@return the embedding of the selected face; empty if there is no face, or the run only
   * detects}
   */
  public Optional<Embedding> embedding() {
    return found.stream().findFirst().map(FoundFace::embedding);
  }

  /** {@return why the photo failed; empty if it did not} */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }
}
