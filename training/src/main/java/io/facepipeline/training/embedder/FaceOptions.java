package io.facepipeline.training.embedder;

import com.google.common.collect.Iterables;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.PhotoFolder;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.models.DefaultModels;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the faces to train on, and those held out. */
final class FaceOptions {
  /** Of each kind: those of the same person and those of different people. */
  private static final int MOST_PAIRS = 3000;

  private static final int LEAST_PEOPLE = 4;

  @Option(
      names = "--photos",
      paramLabel = "DIR",
      description = "photos of anybody, or a folder per person; may be repeated")
  private List<Path> photos = new ArrayList<>();

  @Option(
      names = "--sound-only",
      description =
          "leave out and list faces of --photos that are too small, blurred, dark, bright or turned"
              + " sideways")
  private boolean soundOnly;

  @Option(
      names = "--crops",
      paramLabel = "DIR",
      description =
          "crops as the student takes them, most often 112x112, or a folder of them per person")
  private List<Path> crops = new ArrayList<>();

  @Option(
      names = "--sheets",
      paramLabel = "TABLE",
      description =
          "sheets of ten by ten aligned crops: a .tsv with the columns sheet, cell and person,"
              + " beside the folder of sheets with the same name")
  private List<Path> sheets = new ArrayList<>();

  @Option(
      names = "--hold-out",
      paramLabel = "PEOPLE",
      description =
          "a folder per person, at least 4 people. They are left out of the training wherever their"
              + " names appear, and their photos measure the model and its thresholds. Or a list of"
              + " pairs as LFW's, with photos in the folder images beside it: then the people of"
              + " its last fold")
  private @Nullable Path holdOut;

  void require() {
    if (photos.isEmpty() && crops.isEmpty() && sheets.isEmpty()) {
      throw new FacePipelineException(
          "there is no training data; give --photos, --crops or --sheets");
    }
  }

  void requireFolders() {
    for (Path folder : Iterables.concat(photos, crops)) {
      if (!Files.isDirectory(folder)) {
        throw new FacePipelineException("there is no folder " + folder + " to train on");
      }
    }
  }

  /** {@return whether people are held out} */
  boolean holdOut() {
    return holdOut != null;
  }

  /** {@return what the crops are made of, for people and to tell runs apart} */
  @Override
  public String toString() {
    return "sheets %s, crops %s, %sphotos %s, held out %s"
        .formatted(
            sheets, crops, soundOnly ? "sound " : "", photos, holdOut == null ? "nobody" : holdOut);
  }

  /** Gives each crop, with its person's name, and lists what cannot be used. */
  void collect(
      CropSpec crop, ProgressListener progress, PrintWriter errors, BiConsumer<String, Image> to) {
    CropSources sources =
        new CropSources(
            crop, peopleHeldOut(), progress, problem -> errors.println("left out: " + problem));
    sheets.forEach(table -> sources.sheets(table, to));
    crops.forEach(folder -> sources.crops(folder, to));
    if (!photos.isEmpty()) {
      try (FaceDetector detector = DefaultModels.mtcnn().minFaceSize(40).build()) {
        photos.forEach(folder -> sources.photos(folder, detector, soundOnly, to));
      }
    }
    errors.flush();
  }

  /** Pairs of the people of a folder, or those of a list's last fold. */
  List<FacePair> heldOut(long seed) {
    if (holdOut == null) {
      return List.of();
    }
    if (Files.isDirectory(holdOut)) {
      return FacePair.drawn(peopleOf(holdOut), MOST_PAIRS, 2, seed);
    }
    return ofLastFold();
  }

  private List<FacePair> ofLastFold() {
    if (holdOut == null) {
      return List.of();
    }
    List<FacePair> pairs = FacePair.lfw(holdOut, holdOut.resolveSibling("images"));
    int last = pairs.stream().mapToInt(FacePair::fold).max().orElse(0);
    return pairs.stream().filter(pair -> pair.fold() == last).toList();
  }

  private static Map<String, List<Path>> peopleOf(Path folder) {
    Map<String, List<Path>> people = PhotoFolder.scan(folder).requirePeople();
    if (people.size() < LEAST_PEOPLE) {
      throw new FacePipelineException(
          "--hold-out needs at least "
              + LEAST_PEOPLE
              + " people, so that there are pairs of different people; "
              + folder
              + " holds "
              + people.keySet());
    }
    return people;
  }

  private Set<String> peopleHeldOut() {
    if (holdOut != null && Files.isDirectory(holdOut)) {
      return peopleOf(holdOut).keySet();
    }
    return ofLastFold().stream()
        .flatMap(pair -> Stream.of(pair.first().person(), pair.second().person()))
        .collect(Collectors.toSet());
  }
}
