package io.facepipeline.cli.input;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.internal.Labels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the photos of a command's arguments, and reports what is left out. */
public final class PhotoFiles {
  private PhotoFiles() {}

  /**
   * Files as they are, folders by the photos in them, sorted. A folder without a photo, and what
   * cannot be read in one, is a source that fails when it is loaded.
   */
  public static List<ImageSource> sources(CommandSpec spec, List<Path> paths) {
    return sources(spec, paths, new ArrayList<>(), file -> false);
  }

  /**
   * As {@link #sources(CommandSpec, List)}, without files of another kind, which go elsewhere.
   *
   * @param others gets the files of the other kind, in order
   * @param isOther tells one by its name
   */
  public static List<ImageSource> sources(
      CommandSpec spec, List<Path> paths, List<Path> others, Predicate<Path> isOther) {
    List<ImageSource> sources = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        if (isOther.test(path)) {
          others.add(path);
        } else {
          sources.add(ImageSource.of(path));
        }
        continue;
      }
      PhotoFolder folder;
      try {
        folder = PhotoFolder.scan(path);
      } catch (FacePipelineException e) {
        sources.add(new Missing(path, String.valueOf(e.getMessage())));
        continue;
      }
      List<Path> otherOnes =
          folder.skipped().stream()
              .filter(s -> s.reason() == PhotoFolder.Reason.NOT_A_PHOTO)
              .map(PhotoFolder.Skipped::path)
              .filter(isOther)
              .sorted()
              .toList();
      others.addAll(otherOnes);
      tellSkipped(spec, folder, otherOnes);
      List<ImageSource> found = new ArrayList<>();
      folder.photos().forEach(photo -> found.add(ImageSource.of(photo)));
      found.addAll(unreadable(folder));
      if (found.isEmpty() && otherOnes.isEmpty()) {
        found.add(new Missing(path, "there is no photo in this folder"));
      }
      sources.addAll(found);
    }
    return sources;
  }

  /** A folder of photos per person. */
  public static Map<String, List<ImageSource>> people(CommandSpec spec, Path root) {
    if (!Files.isDirectory(root)) {
      throw Exit.wrongUsage(
          spec,
          "--people needs a folder with a folder per person, "
              + (Files.exists(root) ? "got the file " + root : "but there is no " + root));
    }
    PhotoFolder folder = PhotoFolder.scan(root);
    tellSkipped(spec, folder, List.of());
    PrintWriter err = spec.commandLine().getErr();
    Map<String, List<ImageSource>> known = new LinkedHashMap<>();
    folder
        .people()
        .forEach(
            (label, photos) ->
                known.put(label, new ArrayList<>(photos.stream().map(ImageSource::of).toList())));
    for (Missing missing : unreadable(folder)) {
      Path inside = root.relativize(missing.path());
      if (inside.getNameCount() > 1) {
        String label = Labels.ofFolder(root.resolve(inside.getName(0)));
        known.computeIfAbsent(label, key -> new ArrayList<>()).add(missing);
      } else {
        err.println("facepipeline: left out: " + missing.path() + ": " + missing.why());
      }
    }
    if (known.isEmpty()) {
      throw Exit.wrongUsage(spec, "--people: no folder in " + root + " holds photos");
    }
    for (Path photo : folder.photos()) {
      if (root.relativize(photo).getNameCount() == 1) {
        err.println("facepipeline: left out: " + photo + ": it is not in a person's folder");
      }
    }
    return known;
  }

  /**
   * The deepest common folder of all arguments; results in folders keep the photos' paths below it.
   */
  public static Path commonFolder(List<Path> paths) {
    Path common = null;
    for (Path path : paths) {
      Path absolute = path.toAbsolutePath().normalize();
      Path folder = Files.isDirectory(absolute) ? absolute : absolute.getParent();
      if (common == null) {
        common = folder;
      }
      while (common != null && folder != null && !folder.startsWith(common)) {
        common = common.getParent();
      }
    }
    return common != null ? common : Path.of("").toAbsolutePath();
  }

  /** What tells a file from others, whichever path leads to it. */
  public static Object identity(Path file) {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key != null ? key : file.toRealPath();
    } catch (IOException e) {
      // Whoever reads it learns what is wrong with it.
      return file.toAbsolutePath().normalize();
    }
  }

  /** Whether a path is a folder or lies in it, also if it is not there yet; links are followed. */
  public static boolean isInside(Path path, Path folder) {
    try {
      return real(path).startsWith(real(folder));
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the folders above " + path + ": " + e, e);
    }
  }

  /** A path without links, also of what is not there yet. */
  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path there = absolute;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there == null ? absolute : there.toRealPath().resolve(there.relativize(absolute));
  }

  /** A file's name with a number before its suffix: "photo-2.jpg". */
  public static String numbered(Path file, int number) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String base = dot > 0 ? name.substring(0, dot) : name;
    String suffix = dot > 0 ? name.substring(dot) : "";
    return base + "-" + number + suffix;
  }

  private static void tellSkipped(CommandSpec spec, PhotoFolder folder, List<Path> but) {
    PrintWriter err = spec.commandLine().getErr();
    PhotoFolder.Skipped hidden = null;
    int count = 0;
    for (PhotoFolder.Skipped skipped : folder.skipped()) {
      switch (skipped.reason()) {
        case HIDDEN -> {
          hidden = hidden == null ? skipped : hidden;
          count++;
        }
        case NOT_A_PHOTO, REPEATED -> {
          if (!but.contains(skipped.path())) {
            err.println("facepipeline: left out: " + skipped);
          }
        }
        case UNREADABLE -> {
          // Fails as a photo that cannot be read does.
        }
      }
    }
    if (hidden != null) {
      err.println(
          "facepipeline: left out: "
              + hidden
              + (count > 1
                  ? " (and " + (count - 1) + " more such in " + folder.folder() + ")"
                  : ""));
    }
  }

  private static List<Missing> unreadable(PhotoFolder folder) {
    return folder.skipped().stream()
        .filter(s -> s.reason() == PhotoFolder.Reason.UNREADABLE)
        .map(s -> new Missing(s.path(), s.detail()))
        .toList();
  }

  /** A photo that was asked for and is not there. */
  private record Missing(Path path, String why) implements ImageSource {
    @Override
    public Image load() {
      throw new FacePipelineException(path + ": " + why);
    }

    @Override
    public String name() {
      return path.toString();
    }
  }
}
