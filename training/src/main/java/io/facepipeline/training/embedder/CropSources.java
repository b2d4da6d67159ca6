package io.facepipeline.training.embedder;

import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceQuality;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.PhotoFolder;
import io.facepipeline.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where training crops come from: folders of aligned crops, sheets of them, or folders of photos in
 * which the faces are found first. A folder per person names the person; whoever is excluded is
 * left out wherever the name appears.
 */
final class CropSources {
  private static final int SHEET_SIDE = 10;

  private final CropSpec spec;
  private final Set<String> excluded;
  private final ProgressListener progress;
  private final Consumer<String> leftOut;

  /**
   * Creates it.
   *
   * @param spec how faces are cut out of photos
   * @param excluded the people who are left out
   * @param progress is told of every file
   * @param leftOut is told of every photo that cannot be used, and why
   */
  CropSources(
      CropSpec spec, Set<String> excluded, ProgressListener progress, Consumer<String> leftOut) {
    this.spec = spec;
    this.excluded = Set.copyOf(excluded);
    this.progress = progress;
    this.leftOut = leftOut;
  }

  /**
   * Reads sheets of ten by ten crops.
   *
   * @param table a tab-separated table with the columns sheet, cell (0 to 99, row by row) and
   *     person; the sheets are in the folder beside it that is named like it, without the ending
   */
  void sheets(Path table, BiConsumer<String, Image> out) {
    List<String> lines = lines(table);
    List<String> columns = List.of(lines.get(0).split("\t", -1));
    int sheetColumn = column(table, columns, "sheet");
    int cellColumn = column(table, columns, "cell");
    int personColumn = column(table, columns, "person");
    String name = table.getFileName().toString();
    Path folder = table.resolveSibling(name.substring(0, name.lastIndexOf('.')));
    String opened = "";
    @Nullable Image sheet = null;
    for (int i = 1; i < lines.size(); i++) {
      String[] fields = lines.get(i).split("\t", -1);
      String person = fields[personColumn];
      progress.progress(i, lines.size() - 1, table.toString());
      if (excluded.contains(person)) {
        continue;
      }
      if (sheet == null || !fields[sheetColumn].equals(opened)) {
        opened = fields[sheetColumn];
        sheet = Image.read(folder.resolve(opened));
      }
      int cell = Integer.parseInt(fields[cellColumn]);
      int side = CropStore.USUAL.width();
      out.accept(
          person, sheet.crop(cell % SHEET_SIDE * side, cell / SHEET_SIDE * side, side, side));
    }
  }

  private static int column(Path table, List<String> columns, String name) {
    int column = columns.indexOf(name);
    if (column < 0) {
      throw new FacePipelineException(
          table + " has the columns " + columns + ", but none named " + name);
    }
    return column;
  }

  private static List<String> lines(Path table) {
    try {
      List<String> lines = Files.readAllLines(table);
      if (lines.isEmpty()) {
        throw new FacePipelineException(table + " is empty");
      }
      return lines;
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the table " + table + ": " + e, e);
    }
  }

  /** Reads aligned crops from a folder. */
  void crops(Path folder, BiConsumer<String, Image> out) {
    List<Path> files = files(folder);
    for (int i = 0; i < files.size(); i++) {
      String person = person(folder, files.get(i));
      read(files.get(i)).ifPresent(crop -> out.accept(person, crop));
      progress.progress(i + 1, files.size(), folder.toString());
    }
  }

  /**
   * Finds the face of each photo of a folder: the largest near the middle.
   *
   * @param sound whether faces with warnings about their quality are left out
   */
  void photos(Path folder, FaceDetector detector, boolean sound, BiConsumer<String, Image> out) {
    FaceAligner aligner = FaceAligner.standard();
    FaceSelection selection = FaceSelection.centerWeighted();
    List<Path> files = files(folder);
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      String person = person(folder, file);
      read(file)
          .ifPresent(
              photo ->
                  selection
                      .select(detector.detect(photo), photo.width(), photo.height())
                      .filter(face -> !sound || isSound(file, photo, face))
                      .map(face -> aligner.align(photo, face, spec).toImage())
                      .ifPresent(crop -> out.accept(person, crop)));
      progress.progress(i + 1, files.size(), folder.toString());
    }
  }

  private boolean isSound(Path file, Image photo, Face face) {
    List<String> warnings = FaceQuality.of(photo, face).warnings();
    warnings.forEach(warning -> leftOut.accept(file + ": " + warning));
    return warnings.isEmpty();
  }

  private Optional<Image> read(Path file) {
    try {
      return Optional.of(Image.read(file));
    } catch (ImageException e) {
      leftOut.accept(e.getMessage());
      return Optional.empty();
    }
  }

  private List<Path> files(Path folder) {
    PhotoFolder found = PhotoFolder.scan(folder);
    found.skipped().stream()
        .filter(s -> s.reason() != PhotoFolder.Reason.HIDDEN)
        .forEach(s -> leftOut.accept(s.toString()));
    return found.photos().stream().filter(f -> !excluded.contains(person(folder, f))).toList();
  }

  /** The folder's name, for photos in folders of the folder. */
  private static String person(Path folder, Path file) {
    Path parent = file.getParent();
    return parent == null || parent.equals(folder) ? "" : parent.getFileName().toString();
  }
}
