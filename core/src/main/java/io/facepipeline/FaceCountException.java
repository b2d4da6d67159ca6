package io.facepipeline;

import java.util.List;

/** A photo that must show one face shows none, or several. */
public final class FaceCountException extends FacePipelineException {
  private final transient List<Face> faces;

  /**
   * Creates the exception; also for your own {@link FaceSelection}.
   *
   * @param message what was wrong and what to do
   * @param faces the candidate faces, largest first
   */
  public FaceCountException(String message, List<Face> faces) {
    super(message);
    this.faces = List.copyOf(faces);
  }

  /** {@return the candidate faces, largest first} */
  public List<Face> faces() {
    return faces == null ? List.of() : faces;
  }
}
