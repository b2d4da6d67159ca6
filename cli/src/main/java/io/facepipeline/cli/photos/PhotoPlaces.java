package io.facepipeline.cli.photos;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;

/** Where results go: into folders as the photos', below a folder of results. */
final class PhotoPlaces {
  private final Path out;
  private final Path common;
  private final Set<Path> taken = new HashSet<>();

  private PhotoPlaces(Path out, Path common) {
    this.out = out;
    this.common = common;
  }

  /** Where each photo's crops go, but for their ending; or why that cannot be told. */
  static List<Supplier<Path>> of(List<ImageSource> photos, List<Path> arguments, Path out) {
    return of(photos, arguments, out, name -> "");
  }

  /**
   * Where each photo's result goes, or why that cannot be told.
   *
   * @param ending what a result's name ends with instead of its photo's suffix, by the photo's name
   */
  static List<Supplier<Path>> of(
      List<ImageSource> photos, List<Path> arguments, Path out, UnaryOperator<String> ending) {
    PhotoPlaces places = new PhotoPlaces(out, PhotoFiles.commonFolder(arguments));
    List<Supplier<Path>> all = new ArrayList<>();
    for (ImageSource photo : photos) {
      try {
        Path place = places.place(photo.name(), ending);
        all.add(() -> place);
      } catch (FacePipelineException e) {
        all.add(
            () -> {
              throw e;
            });
      }
    }
    return all;
  }

  /** Results among the photos would be photos of the next run. */
  static void checkApart(CommandSpec spec, Path out, List<Path> arguments) {
    for (Path path : arguments) {
      if (Files.isDirectory(path) && PhotoFiles.isInside(out, path)) {
        throw Exit.wrongUsage(
            spec,
            "--out "
                + out
                + " is inside "
                + path
                + ", where the next run would take the results for photos; name a folder"
                + " elsewhere");
      }
    }
  }

  private Path place(String photo, UnaryOperator<String> ending) {
    Path inside;
    try {
      inside = common.relativize(Path.of(photo).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new FacePipelineException(
          photo
              + ": its name cannot be written in this process's locale; set LC_ALL=C.UTF-8 or"
              + " another UTF-8 locale",
          e);
    }
    Path folder = inside.getParent() == null ? out : out.resolve(inside.getParent());
    String file = String.valueOf(inside.getFileName());
    String name = file.replaceAll("\\.\\w+$", "");
    String end = ending.apply(file);
    String free = name + end;
    // Some disks do not tell "A" from "a".
    for (int i = 2; !taken.add(folder.resolve(free.toLowerCase(Locale.ROOT))); i++) {
      free = name + "-" + i + end;
    }
    return folder.resolve(free);
  }
}
