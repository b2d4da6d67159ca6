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
  private final List<Face> faces;
  private final @Nullable Embedding embedding;
  private final @Nullable String error;

  private EvaluatedPhoto(
      Path file, List<Face> faces, @Nullable Embedding embedding, @Nullable String error) {
    this.file = file;
    this.faces = List.copyOf(faces);
    this.embedding = embedding;
    this.error = error;
  }

  /** A photo in which faces were found. */
  static EvaluatedPhoto detected(Path file, List<Face> faces) {
    return new EvaluatedPhoto(file, faces, null, null);
  }

  /** A photo of which one face was embedded. */
  static EvaluatedPhoto embedded(Path file, Face face, Embedding embedding) {
    return new EvaluatedPhoto(file, List.of(face), embedding, null);
  }

  /** A photo that failed; the message names it. */
  static EvaluatedPhoto failed(Path file, String message) {
    return new EvaluatedPhoto(file, List.of(), null, file + ": " + message);
  }

  /** {@return the photo} */
  public Path file() {
    return file;
  }

  /** {@return the faces; in an embedding run only the selected face, if there is one} */
  public List<Face> faces() {
    return faces;
  }

  /**
   * {@return the embedding of the selected face; empty if there is no face, or the run only
   * detects}
   */
  public Optional<Embedding> embedding() {
    return Optional.ofNullable(embedding);
  }

  /** {@return why the photo failed; empty if it did not} */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }
}
