package io.facepipeline.evaluation;

import io.facepipeline.FacePipelineException;
import io.facepipeline.PhotoFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Photos in a folder per person; the folder's name is the person's. */
public final class PersonFolders {
  private PersonFolders() {}

  /**
   * {@return the photos of each person, both sorted by name; left out are folders without photos,
   * files beside the folders, and files that {@link PhotoFolder} leaves out}
   *
   * @param root a folder with a folder per person
   * @throws FacePipelineException if the folder cannot be read or holds no person, or a folder's
   *     name is not a valid label
   */
  public static Map<String, List<Path>> read(Path root) {
    Map<String, List<Path>> people = PhotoFolder.scan(root).people();
    if (people.isEmpty()) {
      throw new FacePipelineException(
          "no folder in " + root + " holds photos; give a folder that holds a folder per person");
    }
    return people;
  }
}
