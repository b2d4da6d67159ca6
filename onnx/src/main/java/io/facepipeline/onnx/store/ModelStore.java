package io.facepipeline.onnx.store;

import io.facepipeline.onnx.ModelNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks for published models in folders, and the folders below them, by the names of their files.
 * Immutable and thread-safe.
 */
public final class ModelStore {
  /**
   * The system property that names a folder of models; it comes before the environment variable.
   */
  public static final String PROPERTY = "facepipeline.models";

  /** The environment variable that names a folder of models. */
  public static final String VARIABLE = "FACEPIPELINE_MODELS";

  private static final int MAX_DEPTH = 8;

  private final List<Path> folders;

  private ModelStore(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * {@return a store that looks in the given folders, in their order}
   *
   * @param folders the folders
   */
  public static ModelStore of(Path... folders) {
    return new ModelStore(Arrays.asList(folders));
  }

  /**
   * {@return a store that looks in the folder named by the system property {@code
   * facepipeline.models} or the environment variable {@code FACEPIPELINE_MODELS}; one without
   * folders if neither is set}
   */
  public static ModelStore fromEnvironment() {
    String folder = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    return folder == null || folder.isBlank() ? of() : of(Path.of(folder));
  }

  /** {@return the folders, in the order they are looked in} */
  public List<Path> folders() {
    return folders;
  }

  /**
   * {@return a file, if one of the folders holds it}
   *
   * @param file the file; the earlier of its names is preferred
   * @throws ModelNotFoundException if a folder cannot be read
   */
  public Optional<Path> find(PublishedFile file) {
    for (Path folder : folders) {
      for (String name : file.names()) {
        Optional<Path> found = find(folder, name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * {@return the files of a model, all of them or an exception}
   *
   * @param files the files of one model
   * @throws ModelNotFoundException if one is missing; the message says which files are wanted,
   *     where they are published, and how to say where they lie
   */
  public List<Path> require(List<PublishedFile> files) {
    List<Path> found = new ArrayList<>();
    List<PublishedFile> missing = new ArrayList<>();
    for (PublishedFile file : files) {
      Optional<Path> path = find(file);
      path.ifPresent(found::add);
      if (path.isEmpty()) {
        missing.add(file);
      }
    }
    if (!missing.isEmpty()) {
      throw new ModelNotFoundException(describe(missing));
    }
    return found;
  }

  private String describe(List<PublishedFile> missing) {
    StringBuilder text = new StringBuilder("model files are missing:");
    for (PublishedFile file : missing) {
      text.append("\n  ")
          .append(String.join(" or ", file.names()))
          .append(" (")
          .append(file.id())
          .append(", ")
          .append(file.licence())
          .append("), published at ")
          .append(file.origin());
    }
    String looked =
        folders.isEmpty()
            ? "no folder of models was named"
            : "looked in "
                + folders.stream().map(Path::toString).collect(Collectors.joining(", "))
                + " and the folders below";
    return text
        + "\n"
        + looked
        + "; put the files into a folder and name it with --models DIR, the environment variable "
        + VARIABLE
        + " or the system property "
        + PROPERTY;
  }

  private static Optional<Path> find(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      throw new ModelNotFoundException(
          "the folder of models " + folder + " does not exist or is not a folder; check its name");
    }
    try (Stream<Path> files =
        Files.find(
            folder,
            MAX_DEPTH,
            (path, attributes) ->
                attributes.isRegularFile()
                    && path.getFileName() != null
                    && path.getFileName().toString().equals(name),
            FileVisitOption.FOLLOW_LINKS)) {
      return files.sorted().findFirst();
    } catch (IOException | UncheckedIOException e) {
      throw new ModelNotFoundException(
          "the folder of models " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }
}
