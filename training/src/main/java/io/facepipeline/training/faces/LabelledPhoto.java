package io.facepipeline.training.faces;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /**
   * Takes photos out of a list: nothing is learned from a photo that is measured with, in whatever
   * table it is.
   *
   * @param held the photos to measure with
   * @param photos the list
   * @throws FacePipelineException if nothing is left
   */
  public static void leaveOut(List<LabelledPhoto> held, List<LabelledPhoto> photos) {
    Set<Path> files = held.stream().map(LabelledPhoto::place).collect(Collectors.toSet());
    photos.removeIf(photo -> files.contains(photo.place()));
    if (photos.isEmpty()) {
      throw new FacePipelineException("--hold-out leaves no photo to train on; give other photos");
    }
  }

  private Path place() {
    return file.toAbsolutePath().normalize();
  }
}
