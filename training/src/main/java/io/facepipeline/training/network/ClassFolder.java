package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.PhotoFolder;
import io.facepipeline.internal.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Photos in a folder per class; the folder's name is the label.
 *
 * @param folder the folder of the folders
 * @param classes the photos of each label, both sorted
 * @param leftOut the files that are no photos of a class
 */
record ClassFolder(Path folder, Map<String, List<Path>> classes, List<LeftOut> leftOut) {

  /**
   * Looks through a folder.
   *
   * @throws FacePipelineException if there are fewer than two classes, one has no photos, or a
   *     folder's name cannot be a label
   */
  static ClassFolder scan(Path folder) {
    PhotoFolder found = PhotoFolder.scan(folder);
    Map<String, List<Path>> classes = found.people();
    Set<String> empty = new TreeSet<>(folders(folder));
    empty.removeAll(classes.keySet());
    if (!empty.isEmpty()) {
      throw new FacePipelineException(
          "there are no photos of "
              + String.join(", ", empty)
              + " in "
              + folder
              + "; put photos into the class's folder, or delete it");
    }
    if (classes.size() < 2) {
      throw new FacePipelineException(
          "a classifier needs photos of at least two classes, but "
              + folder
              + (classes.isEmpty()
                  ? " holds no folder of photos"
                  : " has one, " + classes.keySet().iterator().next())
              + "; give a folder that holds a folder per class");
    }
    List<LeftOut> leftOut = new ArrayList<>();
    for (PhotoFolder.Skipped skipped : found.skipped()) {
      switch (skipped.reason()) {
        case HIDDEN, REPEATED -> {}
        case NOT_A_PHOTO -> leftOut.add(leftOut(skipped, LeftOut.Reason.NOT_A_PHOTO));
        case UNREADABLE -> leftOut.add(leftOut(skipped, LeftOut.Reason.UNREADABLE));
      }
    }
    for (Path photo : found.photos()) {
      if (folder.relativize(photo).getNameCount() == 1) {
        leftOut.add(
            new LeftOut(
                photo.toString(),
                LeftOut.Reason.OF_NO_CLASS,
                "it is beside the folders of the classes, not in one"));
      }
    }
    return new ClassFolder(folder, classes, List.copyOf(leftOut));
  }

  private static LeftOut leftOut(PhotoFolder.Skipped skipped, LeftOut.Reason reason) {
    return new LeftOut(skipped.path().toString(), reason, skipped.detail());
  }

  private static List<String> folders(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> Files.isDirectory(child) && !PhotoFolder.isHidden(child))
          .map(Labels::ofFolder)
          .toList();
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the folder " + folder + ": " + e, e);
    }
  }

  /**
   * Makes sure that these are photos of the classes of a training.
   *
   * @throws FacePipelineException if there is another class
   */
  ClassFolder requireOnly(ClassFolder training) {
    Set<String> others = new TreeSet<>(classes.keySet());
    others.removeAll(training.classes().keySet());
    if (!others.isEmpty()) {
      throw new FacePipelineException(
          folder
              + " has photos of "
              + String.join(", ", others)
              + ", but "
              + training.folder()
              + " has no such class; known are "
              + String.join(", ", training.classes().keySet())
              + ", and names must be equal");
    }
    return this;
  }
}
