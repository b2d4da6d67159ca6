package io.facepipeline.cli.output;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.ProgressListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--progress",
      negatable = true,
      description = "Show a progress bar (default: for several photos in a terminal).")
  @Nullable Boolean progress;

  /** How many pictures were written. */
  private int annotated;

  /** Fills a photo's result, and says more of it on the output if it likes. */
  @FunctionalInterface
  public interface Task {
    public void run(Image photo, PhotoResult result);
  }

  /**
   * Runs a task on each photo, one after the other: the stages use all threads already. A photo
   * that cannot be used is named on the error output and in its result.
   */
  public List<PhotoResult> run(
      List<ImageSource> photos,
      Function<ImageSource, String> name,
      PrintWriter err,
      Task task,
      BiConsumer<PhotoResult, List<PhotoResult>> printer) {
    List<PhotoResult> results = each(photos, name, err, task, printer);
    write(results);
    return results;
  }

  /** As {@link #run}, but leaves it to the caller to {@link #write} the results. */
  public List<PhotoResult> each(
      List<ImageSource> photos,
      Function<ImageSource, String> name,
      PrintWriter err,
      Task task,
      BiConsumer<PhotoResult, List<PhotoResult>> printer) {
    List<PhotoResult> results = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    Path pictures = annotate == null ? null : Reports.folder(annotate);
    try (Progress bar = Progress.start(progress, photos.size())) {
      ProgressListener listener = bar;
      for (ImageSource source : photos) {
        PhotoResult result = new PhotoResult(name.apply(source));
        try {
          Image photo = source.load();
          result.width = photo.width();
          result.height = photo.height();
          long start = System.nanoTime();
          task.run(photo, result);
          if (result.millis == null) {
            double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
            result.millis = millis;
            result.millisBest = millis;
          }
          if (pictures != null) {
            result
                .drawnInto(photo)
                .writePng(pictures.resolve(pictureName(result.image, taken)));
            annotated++;
          }
        } catch (RuntimeException e) {
          String problem = problem(result.image, e);
          result = PhotoResult.failed(result.image, problem);
          err.println("facepipeline: " + problem);
        }
        results.add(result);
        printer.accept(result, results);
        listener.progress(results.size(), photos.size(), result.image);
      }
    }
    return results;
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
