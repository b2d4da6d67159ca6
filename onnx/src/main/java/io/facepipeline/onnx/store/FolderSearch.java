package io.facepipeline.onnx.store;

import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.cache.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks for a file in a folder and the folders below it: by its names, and where none is there, by
 * its hash among the files of its size. A file of a published name whose hash is not the published
 * one is another file.
 */
final class FolderSearch {
  private static final int MAX_DEPTH = 8;

  private record Candidate(Path path, long size) {}

  private FolderSearch() {}

  /** The files that have one of the names, whatever is in them, the preferred ones first. */
  static List<Path> named(Path folder, PublishedFile file) {
    return named(files(folder), file);
  }

  private static List<Path> named(List<Candidate> files, PublishedFile file) {
    return file.names().stream()
        .flatMap(name -> files.stream().map(Candidate::path).filter(path -> path.endsWith(name)))
        .toList();
  }

  static Optional<Path> find(Path folder, PublishedFile file) {
    List<Candidate> files = files(folder);
    for (Path path : named(files, file)) {
      // Of a version whose hash is not known the name has to do.
      if (ModelStore.HashCheck.of(file, path, hash(path)).verdict()
          != ModelStore.HashCheck.Verdict.DIFFERS) {
        return Optional.of(path);
      }
    }
    for (PublishedFile.Version version : file.versions()) {
      for (Candidate candidate : files) {
        // Without a size every file below would have to be read.
        if (version.size() > 0
            && version.hasWholeHash()
            && candidate.size == version.size()
            && hash(candidate.path).equals(version.sha256())) {
          return Optional.of(candidate.path);
        }
      }
    }
    return Optional.empty();
  }

  private static String hash(Path file) {
    try {
      return Hashes.sha256(file);
    } catch (IOException e) {
      throw new ModelNotFoundException(
          file + " may be the wanted model but cannot be read; check its rights", e);
    }
  }

  private static List<Candidate> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ModelNotFoundException(
          "the folder of models " + folder + " does not exist or is not a folder; check its name");
    }
    List<Candidate> found = new ArrayList<>();
    try (Stream<Path> files =
        Files.find(
            folder,
            MAX_DEPTH,
            (path, attributes) -> collect(path, attributes, found),
            FileVisitOption.FOLLOW_LINKS)) {
      files.forEach(path -> {});
    } catch (IOException | UncheckedIOException e) {
      throw new ModelNotFoundException(
          "the folder of models " + folder + " cannot be read: " + e.getMessage(), e);
    }
    found.sort(Comparator.comparing(Candidate::path));
    return found;
  }

  /** Takes the attributes that the walk has read anyway. */
  private static boolean collect(Path path, BasicFileAttributes attributes, List<Candidate> found) {
    if (attributes.isRegularFile()) {
      found.add(new Candidate(path, attributes.size()));
    }
    return false;
  }
}
