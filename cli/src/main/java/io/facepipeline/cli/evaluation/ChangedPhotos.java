package io.facepipeline.cli.evaluation;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceCountException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.drawing.ContactSheet;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.conditions.Condition;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.internal.PlainWords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Runs a pipeline over photos that are changed before it sees them. */
final class ChangedPhotos {
  private static final int EXAMPLES = 6;
  private static final int SIDE = 112;

  /** Of a face's box, so that the chin of a tilted head is seen. */
  private static final double AROUND = 1.5;

  private final CommandSpec spec;
  private final EvaluationStages stages;
  private final ProgressOption progress;
  private boolean allDone = true;

  ChangedPhotos(CommandSpec spec, EvaluationStages stages, ProgressOption progress) {
    this.spec = spec;
    this.stages = stages;
    this.progress = progress;
  }

  /** The condition of a name. */
  static Condition condition(CommandSpec spec, String name) {
    return Arrays.stream(Condition.values())
        .filter(condition -> condition.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Exit.wrongUsage(
                    spec,
                    "there is no condition "
                        + name
                        + "; --condition must be one of "
                        + Arrays.stream(Condition.values()).map(Condition::label).toList()));
  }

  /** The embeddings of the photos as they are. */
  static Map<Path, Embedding> embeddings(Map<Path, EvaluatedPhoto> photos) {
    Map<Path, Embedding> embeddings = new LinkedHashMap<>();
    photos.forEach((file, photo) -> photo.embedding().ifPresent(e -> embeddings.put(file, e)));
    return embeddings;
  }

  /** Whether every photo could be read and embedded, those without a face apart. */
  boolean allDone() {
    return allDone;
  }

  /**
   * The embeddings of photos under a condition; of those in which no face is found there is none.
   *
   * @param faces where the face is in each photo as it is
   */
  Map<Path, Embedding> embed(Condition condition, Map<Path, Face> faces) {
    List<Path> files = List.copyOf(faces.keySet());
    Map<Path, Embedding> embeddings = new LinkedHashMap<>();
    try (TerminalBar bar = progress.start(files.size(), condition.label());
        Stream<Outcome<FaceSelection.Selected>> outcomes =
            stages
                .pipeline()
                .embedOneEach(
                    faces.entrySet().stream()
                        .map(e -> source(condition, e.getKey(), e.getValue())))) {
      outcomes.forEach(
          outcome -> {
            Path file = files.get(outcome.index());
            if (outcome.isPresent()) {
              embeddings.put(file, outcome.get().embedding());
            } else {
              tell(file, outcome.error().orElseThrow());
            }
            bar.progress(outcome.index() + 1, files.size(), file.toString());
          });
    }
    return embeddings;
  }

  private void tell(Path file, RuntimeException error) {
    if (error instanceof FaceCountException count && count.faces().isEmpty()) {
      return;
    }
    allDone = false;
    spec.commandLine()
        .getErr()
        .println("facepipeline: " + PlainWords.of(file + ": " + error.getMessage()));
  }

  private static ImageSource source(Condition condition, Path file, Face face) {
    return new ImageSource() {
      @Override
      public Image load() {
        return changed(condition, file, face);
      }

      @Override
      public String name() {
        return file.toString();
      }
    };
  }

  private static Image changed(Condition condition, Path file, Face face) {
    // The noise is another in every photo, and the same in every run.
    return condition.of(Image.read(file), face, String.valueOf(file.getFileName()).hashCode());
  }

  /** Draws some faces, a row each, under the conditions. */
  static void draw(List<Condition> conditions, Map<Path, Face> faces, Path file) {
    Map<String, List<Image>> rows = new LinkedHashMap<>();
    faces.entrySet().stream()
        .limit(EXAMPLES)
        .forEach(
            entry -> {
              List<Image> row = new ArrayList<>();
              for (Condition condition : conditions) {
                Image changed = changed(condition, entry.getKey(), entry.getValue());
                row.add(around(changed, entry.getValue().box()));
              }
              rows.put(String.valueOf(entry.getKey().getFileName()), row);
            });
    if (!rows.isEmpty()) {
      ContactSheet.ofColumns(conditions.size()).pages(rows).get(0).writePng(file);
    }
  }

  private static Image around(Image photo, Box box) {
    double most = Math.min(photo.width(), photo.height());
    int side = (int) Math.max(1, Math.min(most, AROUND * Math.max(box.width(), box.height())));
    int x = corner((box.x1() + box.x2()) / 2, side, photo.width());
    int y = corner((box.y1() + box.y2()) / 2, side, photo.height());
    return photo.crop(x, y, side, side).resized(SIDE, SIDE);
  }

  private static int corner(double middle, int side, int length) {
    return (int) Math.max(0, Math.min(length - side, Math.round(middle - side / 2.0)));
  }
}
