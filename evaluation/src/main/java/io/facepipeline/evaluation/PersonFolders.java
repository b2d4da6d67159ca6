package io.facepipeline.evaluation;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Photos in a folder per person, the folder's name being the person's. */
public final class PersonFolders {
  private static final Set<String> SUFFIXES =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp");

  private PersonFolders() {}

  /**
   * {@return the photos of each person, both sorted by name; folders without photos and files
   * beside the folders are left out}
   *
   * @param root a folder with a folder per person
   * @throws FacePipelineException if the folder cannot be read or holds no person
   */
  public static Map<String, List<Path>> read(Path root) {
    Map<String, List<Path>> people = new TreeMap<>();
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.walk(folder)) {
          List<Path> photos =
              files.filter(Files::isRegularFile).filter(PersonFolders::isPhoto).sorted().toList();
          if (!photos.isEmpty()) {
            people.put(String.valueOf(folder.getFileName()), photos);
          }
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the folder "
              + root
              + "; give a readable folder that holds a folder of photos per person: "
              + e,
          e);
    }
    if (people.isEmpty()) {
      throw new FacePipelineException(
          "no folder in " + root + " holds photos; give a folder that holds a folder per person");
    }
    return people;
  }

  private static boolean isPhoto(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
