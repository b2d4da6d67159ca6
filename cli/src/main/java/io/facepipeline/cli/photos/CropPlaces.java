package io.facepipeline.cli.photos;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** Where crops go: into folders as the photos', below a folder of crops. */
final class CropPlaces {
  private final Path out;
  private final Path common;
  private final Set<Path> taken = new HashSet<>();

  private CropPlaces(Path out, Path common) {
    this.out = out;
    this.common = common;
  }

  /** Where each photo's crops go, but for their ending; or why that cannot be told. */
  static List<Supplier<Path>> of(List<ImageSource> photos, List<Path> arguments, Path out) {
    CropPlaces places = new CropPlaces(out, PhotoFiles.commonFolder(arguments));
    List<Supplier<Path>> all = new ArrayList<>();
    for (ImageSource photo : photos) {
      try {
        Path place = places.place(photo.name());
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

  private Path place(String photo) {
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
    String name = String.valueOf(inside.getFileName()).replaceAll("\\.\\w+$", "");
    String free = name;
    // Some disks do not tell "A" from "a".
    for (int i = 2; !taken.add(folder.resolve(free.toLowerCase(Locale.ROOT))); i++) {
      free = name + "-" + i;
    }
    return folder.resolve(free);
  }
}
