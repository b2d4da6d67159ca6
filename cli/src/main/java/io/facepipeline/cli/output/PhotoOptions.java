package io.facepipeline.cli.output;

import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.internal.PlainWords;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that go through photos have in common: where results go, and progress. */
public final class PhotoOptions {
  public static final double NANOS_PER_MILLI = 1e6;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the results as JSON.")
  @Nullable Path json;

  @Option(
      names = "--csv",
      paramLabel = "OUT",
      description = "Write the results as CSV, a row per face.")
  @Nullable Path csv;

  @Option(
      names = "--annotate",
      paramLabel = "DIR",
      description = "Write each photo with its faces drawn, as PNG.")
  public @Nullable Path annotate;

  @Mixin ProgressOption progress = new ProgressOption();

  /** How many pictures were written. */
  private int annotated;

  /** Fills a photo's result. */
  @FunctionalInterface
  public interface Task {
    void run(Image photo, PhotoResult result);
  }

  /** A photo, its place among those of the command, and where its picture goes, if anywhere. */
  private record Numbered(int index, ImageSource source, @Nullable Path picture)
      implements ImageSource {
    @Override
    public Image load() {
      return source.load();
    }

    @Override
    public String name() {
      return source.name();
    }
  }

  /**
   * Runs a task on each photo, on the pipeline's threads, and writes the results. A photo that
   * cannot be used is named on the error output and in its result.
   *
   * @param task is run for several photos at the same time
   * @param printer is told of each result, in order
   */
  public List<PhotoResult> run(
      FacePipeline pipeline,
      List<ImageSource> photos,
      PrintWriter err,
      Task task,
      Consumer<PhotoResult> printer) {
    List<PhotoResult> results = each(pipeline, photos, err, task, printer);
    write(results);
    return results;
  }

  /** As {@link #run}, but leaves it to the caller to {@link #write} the results. */
  public List<PhotoResult> each(
      FacePipeline pipeline,
      List<ImageSource> photos,
      PrintWriter err,
      Task task,
      Consumer<PhotoResult> printer) {
    List<PhotoResult> results = new ArrayList<>();
    try (TerminalBar bar = progress.start(photos.size());
        Stream<Outcome<PhotoResult>> outcomes =
            pipeline.mapEach(
                numbered(photos).stream(), (source, photo) -> result(source, photo, task))) {
      outcomes.forEach(
          outcome -> {
            PhotoResult result =
                outcome
                    .error()
                    .map(e -> failed(outcome.index(), outcome.name(), e, err))
                    .orElseGet(outcome::get);
            done(result, results, photos.size(), bar, printer);
          });
    }
    return results;
  }

  /**
   * As {@link #run}, but one photo after the other, so that what takes time can be measured: the
   * stages alone use all threads.
   */
  public List<PhotoResult> oneByOne(
      List<ImageSource> photos, PrintWriter err, Task task, Consumer<PhotoResult> printer) {
    List<PhotoResult> results = new ArrayList<>();
    try (TerminalBar bar = progress.start(photos.size())) {
      for (Numbered source : numbered(photos)) {
        PhotoResult result;
        try {
          result = result(source, source.load(), task);
        } catch (RuntimeException e) {
          result = failed(source.index(), source.name(), e, err);
        }
        done(result, results, photos.size(), bar, printer);
      }
    }
    write(results);
    return results;
  }

  private void done(
      PhotoResult result,
      List<PhotoResult> results,
      int total,
      TerminalBar bar,
      Consumer<PhotoResult> printer) {
    results.add(result);
    annotated += annotate != null && result.error == null ? 1 : 0;
    printer.accept(result);
    bar.progress(results.size(), total, result.image);
  }

  private static PhotoResult failed(int index, String image, RuntimeException e, PrintWriter err) {
    String problem = problem(image, e);
    err.println("facepipeline: " + problem);
    return PhotoResult.failed(index, image, problem);
  }

  private List<Numbered> numbered(List<ImageSource> photos) {
    Path folder = annotate == null ? null : Reports.folder(annotate);
    Set<String> taken = new HashSet<>();
    List<Numbered> numbered = new ArrayList<>();
    for (ImageSource photo : photos) {
      Path picture = folder == null ? null : folder.resolve(pictureName(photo.name(), taken));
      numbered.add(new Numbered(numbered.size(), photo, picture));
    }
    return numbered;
  }

  private static PhotoResult result(Numbered source, Image photo, Task task) {
    PhotoResult result = new PhotoResult(source.index(), source.name());
    result.width = photo.width();
    result.height = photo.height();
    long start = System.nanoTime();
    task.run(photo, result);
    if (result.millis == null) {
      double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
      result.millis = millis;
      result.millisBest = millis;
    }
    if (source.picture() != null) {
      result.drawnInto(photo).writePng(source.picture());
    }
    return result;
  }

  /** A bar for items of another kind, such as a video's frames. */
  public TerminalBar start(int total, String items) {
    return progress.start(total, items);
  }

  /** What is wrong with an input, which is named. */
  public static String problem(String input, RuntimeException e) {
    String told = PlainWords.of(e);
    boolean foreseen = e instanceof FacePipelineException || e instanceof IllegalArgumentException;
    return (told.contains(input) ? "" : input + ": ")
        + (foreseen ? told : "failed: " + e.getClass().getSimpleName() + ": " + told);
  }

  public void write(List<PhotoResult> results) {
    if (json != null) {
      Reports.writeJson(json, results);
    }
    if (csv != null) {
      Reports.writeCsv(csv, results);
    }
  }

  /** Says where the pictures are, if there are any. */
  public void tellPictures(PrintWriter out) {
    if (annotated > 0) {
      out.println("annotated photos are in " + annotate);
    }
  }

  public static boolean allDone(List<PhotoResult> results) {
    return results.stream().allMatch(r -> r.error == null);
  }

  /**
   * A file name for a photo's picture; photos of one name in several folders do not overwrite each
   * other.
   */
  public static String pictureName(String image, Set<String> taken) {
    String base = String.valueOf(Path.of(image).getFileName()).replaceAll("\\.\\w+$", "");
    String name = base;
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = base + "-" + i;
    }
    return name + ".png";
  }
}
