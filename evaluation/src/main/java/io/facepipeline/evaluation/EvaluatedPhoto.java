package io.facepipeline.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pipeline made of one photo. Immutable. */
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

  /** {@return the faces; of an embedding run the one that is meant, if there is one} */
  public List<Face> faces() {
    return found.stream().map(FoundFace::face).toList();
  }

  /**
   * {@return the embedding of the face that is meant; empty if there is none, or none was asked}
   */
  public Optional<Embedding> embedding() {
    return found.stream().findFirst().map(FoundFace::embedding);
  }

  /** {@return why the photo could not be used; empty if it could} */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }
}
