package io.facepipeline.training.faces;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name photos with marked faces: those to train on, and those that measure. */
public final class LabelOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "a folder of research data with any of training/wider, fddb and lfw; the last folds of"
              + " FDDB and LFW are held out")
  private @Nullable Path data;

  @Option(
      names = "--labels",
      paramLabel = "TABLE",
      description =
          "your own photos: a .csv or .tsv with the columns image, x1, y1, x2, y2 and, if"
              + " annotated, leye_x, leye_y, reye_x, reye_y, nose_x, nose_y, lmouth_x, lmouth_y,"
              + " rmouth_x, rmouth_y; may be repeated")
  private List<Path> labels = new ArrayList<>();

  @Option(
      names = "--hold-out",
      paramLabel = "TABLE",
      description = "labels of photos that are not trained on and measure what was trained")
  private @Nullable Path holdOut;

  private @Nullable ResearchPhotos research;
  private List<LabelledPhoto> held = List.of();

  /**
   * Measures what was trained on two sets of photos, which may be the same.
   *
   * @param <T> the figures
   */
  @FunctionalInterface
  public interface Measurement<T> {
    /** Measures; the names are how those of the figures begin. */
    T of(
        List<ValidationPhoto> detection,
        List<ValidationPhoto> landmarks,
        String detectionName,
        String landmarkName);
  }

  /** {@return whether there is nothing to train on} */
  public boolean areEmpty() {
    return data == null && labels.isEmpty();
  }

  /**
   * {@return the photos to train on, without those held out}
   *
   * @param more adds photos of another source
   */
  public List<LabelledPhoto> read(Consumer<List<LabelledPhoto>> more) {
    List<LabelledPhoto> photos = new ArrayList<>();
    ResearchPhotos known = data == null ? null : ResearchPhotos.read(data);
    if (known != null) {
      photos.addAll(known.training());
    }
    more.accept(photos);
    labels.forEach(table -> photos.addAll(LabelTable.read(table)));
    held = holdOut == null ? List.of() : LabelTable.read(holdOut);
    LabelledPhoto.leaveOut(held, photos);
    research = known;
    return photos;
  }

  /** {@return the figures of each set of photos that {@link #read} held out} */
  public <T> List<T> measure(Measurement<T> measurement) {
    List<T> figures = new ArrayList<>();
    if (research != null) {
      figures.add(measurement.of(research.detection(), research.landmarks(), "fddb", "lfw"));
    }
    if (holdOut != null) {
      List<ValidationPhoto> kept = ValidationPhoto.of(held);
      figures.add(measurement.of(kept, kept, "heldOut", "heldOut"));
    }
    return figures;
  }

  /**
   * {@return what is said if nothing was measured, else nothing}
   *
   * @param what what was trained, with its verb, such as "the detector was"
   */
  public String adviceIfUnmeasured(String what) {
    return research != null || holdOut != null
        ? ""
        : "nothing was held out, so "
            + what
            + " not measured: give --hold-out TABLE, or use 'facepipeline detectors' and"
            + " 'facepipeline evaluate detection'"
            + System.lineSeparator();
  }
}
