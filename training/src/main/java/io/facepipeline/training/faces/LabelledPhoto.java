package io.facepipeline.training.faces;

import java.nio.file.Path;
import java.util.List;

/**
 * A photo and the faces that somebody marked in it.
 *
 * @param file the photo
 * @param source who marked it: boxes of one source are drawn by the same rule
 * @param faces the marked faces
 * @param complete whether every face was marked, so that the rest of the photo shows nobody
 */
public record LabelledPhoto(Path file, String source, List<LabelledFace> faces, boolean complete) {
  public LabelledPhoto {
    faces = List.copyOf(faces);
  }
}
