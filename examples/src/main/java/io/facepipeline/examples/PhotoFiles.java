package io.facepipeline.examples;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the photos that the arguments of a command mean. */
final class PhotoFiles {
  private static final Set<String> SUFFIXES =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp");

  private PhotoFiles() {}

  /** Files as they are, folders by the photos in them, sorted. */
  static List<ImageSource> sources(List<Path> paths) {
    List<ImageSource> sources = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        sources.add(ImageSource.of(path));
        continue;
      }
      try {
        List<Path> photos = expand(List.of(path));
        if (photos.isEmpty()) {
          sources.add(new Nothing(path.toString(), "no photo is in this folder"));
        }
        photos.forEach(photo -> sources.add(ImageSource.of(photo)));
      } catch (UncheckedIOException e) {
        sources.add(new Nothing(path.toString(), "the folder cannot be read: " + e.getCause()));
      }
    }
    return sources;
  }

  /** A folder that gives no photo, and why: an input that failed. */
  private record Nothing(String name, String problem) implements ImageSource {
    @Override
    public Image load() {
      throw new FacePipelineException(name + ": " + problem);
    }
  }

  /** A folder of photos per person. */
  static Map<String, List<ImageSource>> people(CommandSpec spec, Path root) {
    if (!Files.isDirectory(root)) {
      throw Main.wrongUsage(spec, "--people wants a folder with a folder per person, got " + root);
    }
    Map<String, List<ImageSource>> known = new LinkedHashMap<>();
    try (Stream<Path> folders = Files.list(root)) {
      folders
          .filter(Files::isDirectory)
          .sorted()
          .forEach(
              folder -> {
                List<ImageSource> photos =
                    expand(List.of(folder)).stream().map(ImageSource::of).toList();
                if (!photos.isEmpty()) {
                  known.put(String.valueOf(folder.getFileName()), photos);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (known.isEmpty()) {
      throw Main.wrongUsage(spec, "--people: no folder in " + root + " holds photos");
    }
    return known;
  }

  static List<Path> expand(List<Path> paths) {
    List<Path> photos = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.walk(path)) {
          files
              .filter(Files::isRegularFile)
              .filter(PhotoFiles::isPhoto)
              .sorted()
              .forEach(photos::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else {
        photos.add(path);
      }
    }
    return photos;
  }

  private static boolean isPhoto(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot >= 0 && SUFFIXES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
