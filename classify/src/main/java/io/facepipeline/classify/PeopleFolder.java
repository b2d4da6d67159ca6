package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the photos in a folder per person. */
final class PeopleFolder {
  private static final Set<String> SUFFIXES =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp", "avif");

  private PeopleFolder() {}

  /** A photo and whose folder it lies in. */
  record Photo(String person, Path file) {}

  /** The photos, by person and then by name; other files are noted. */
  static List<Photo> photos(Path people, List<PhotoNote> notes) {
    if (!Files.isDirectory(people)) {
      throw new TrainingException(
          people + " is no folder; give a folder that holds a folder of photos per person");
    }
    List<Photo> photos = new ArrayList<>();
    try (Stream<Path> files = Files.walk(people)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Path inside = people.relativize(file);
        if (!isPhoto(file)) {
          notes.add(
              new PhotoNote(
                  file, PhotoNote.Reason.NOT_A_PHOTO, false, "its name is not that of a photo"));
        } else if (inside.getNameCount() < 2) {
          notes.add(
              new PhotoNote(
                  file, PhotoNote.Reason.OF_NOBODY, false, "it lies in no person's folder"));
        } else {
          photos.add(new Photo(inside.getName(0).toString(), file));
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the folder " + people + ": " + e, e);
    }
    return photos;
  }

  private static boolean isPhoto(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 && SUFFIXES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
