package io.facepipeline.cli.photos;

import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.ThresholdOption;
import io.facepipeline.drawing.FaceMasking;
import java.awt.Color;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Hides faces in photos and videos. */
@Command(
    name = "hide",
    mixinStandardHelpOptions = true,
    description = {
      "Hides the faces in photos and videos.",
      "Writes copies without metadata; what is hidden cannot be restored. Look at the copies"
          + " before you publish them: no detector finds every face."
    })
public final class HideCommand implements Callable<Integer> {
  private static final Set<String> VIDEOS =
      Set.of(
          "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "3gp", "ts", "mts",
          "m2ts", "flv", "ogv");

  private static final Set<String> JPEG = Set.of("jpg", "jpeg", "jpe", "jfif");

  /** How faces are hidden. */
  enum How {
    /** A smooth patch. */
    blur,
    /** A few squares. */
    pixelate,
    /** One color. */
    fill
  }

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The output folder, with the photos' folders: JPEG stays JPEG, a video becomes .mp4, all"
              + " else .png.")
  Path out;

  @Option(
      names = "--how",
      paramLabel = "HOW",
      description = "${COMPLETION-CANDIDATES} (default: blur).")
  How how = How.blur;

  @Option(
      names = "--also",
      paramLabel = "DETECTOR",
      description = "Also hide what this detector finds, such as yunet or mtcnn; may be repeated.")
  List<String> also = List.of();

  @Option(
      names = "--color",
      paramLabel = "RRGGBB",
      description = "With fill: the color (default: 000000).")
  String color = "000000";

  @Option(
      names = "--margin",
      paramLabel = "M",
      description = "What is hidden beyond each side of a face, in shares of it (default: 0.3).")
  double margin = 0.3;

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "Know people: a folder per person with photos that show them alone.")
  @Nullable Path people;

  @Option(
      names = "--gallery",
      paramLabel = "DIR",
      description = "Know the people of a gallery made by 'gallery add'.")
  @Nullable Path gallery;

  @Option(
      names = "--show",
      paramLabel = "NAME",
      description = "Hide everyone but this person; may be repeated.")
  List<String> shown = List.of();

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description = "Hide nobody but this person; may be repeated.")
  List<String> only = List.of();

  @Mixin ThresholdOption threshold = new ThresholdOption();

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "Videos: search the whole of every N-th frame (default: 1).")
  int every = 1;

  @Option(
      names = "--no-sound",
      description = "Videos: leave the sound out; voices tell who someone is, too.")
  boolean silent;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required option
  public HideCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() throws IOException {
    FaceMasking masking = masking();
    check();
    PhotoPlaces.checkApart(spec, out, arguments.paths());
    List<Path> videos = new ArrayList<>();
    List<ImageSource> photos =
        PhotoFiles.sources(spec, arguments.paths(), videos, HideCommand::isVideo);
    List<ImageSource> all = new ArrayList<>(photos);
    videos.forEach(video -> all.add(ImageSource.of(video)));
    List<Supplier<Path>> places = PhotoPlaces.of(all, arguments.paths(), out, HideCommand::ending);
    refuseOverwriting(all, places);
    Map<String, List<ImageSource>> known =
        people == null ? Map.of() : PhotoFiles.people(spec, people);
    Reports.folder(out);
    PrintWriter console = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (FacePipeline pipeline = pipeline()) {
      boolean allEnrolled = Enrolling.all(pipeline, known, console, err);
      requireKnown(pipeline);
      FaceHiding hiding =
          isNaming()
              ? new FaceHiding(pipeline, masking, shown, only)
              : new FaceHiding(pipeline, masking);
      List<PhotoResult> results =
          new ArrayList<>(
              photoOptions.each(
                  pipeline,
                  photos,
                  err,
                  (photo, result) -> hiding.hide(photo, result, places.get(result.index).get()),
                  result -> print(console, result)));
      for (Path video : videos) {
        int index = results.size();
        PhotoResult result =
            hiding.hide(video, index, places.get(index), every, !silent, photoOptions, err);
        print(console, result);
        results.add(result);
      }
      photoOptions.write(results);
      summarize(console, results);
      return Exit.code(allEnrolled && PhotoOptions.allDone(results));
    }
  }

  private FaceMasking masking() {
    if (!color.matches("#?[0-9a-fA-F]{6}")) {
      throw Exit.wrongUsage(spec, "--color needs six hexadecimal digits, got " + color);
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--color") && how != How.fill) {
      throw Exit.wrongUsage(spec, "--color is for --how fill, but faces are hidden by " + how);
    }
    FaceMasking masking =
        switch (how) {
          case blur -> FaceMasking.blur();
          case pixelate -> FaceMasking.pixelate();
          case fill -> FaceMasking.fill(new Color(Integer.parseInt(color.replace("#", ""), 16)));
        };
    try {
      return masking.withMargin(margin);
    } catch (IllegalArgumentException e) {
      throw Exit.wrongUsage(spec, "--margin: " + e.getMessage());
    }
  }

  private void check() {
    if (gallery != null && people != null) {
      throw Exit.wrongUsage(spec, "give hide --people or --gallery, not both");
    }
    if (!shown.isEmpty() && !only.isEmpty()) {
      throw Exit.wrongUsage(spec, "give hide --show or --only, not both");
    }
    if (isNaming() && shown.isEmpty() && only.isEmpty()) {
      throw Exit.wrongUsage(
          spec,
          "people are known, but nothing says whom to hide; give --show NAME or --only NAME, or"
              + " leave --people and --gallery out to hide everyone");
    }
    if (!isNaming() && !(shown.isEmpty() && only.isEmpty())) {
      throw Exit.wrongUsage(
          spec, "--show and --only need people to know: give --people DIR or --gallery DIR");
    }
    if (every < 1) {
      throw Exit.wrongUsage(spec, "--every must be at least 1, got " + every);
    }
  }

  private boolean isNaming() {
    return people != null || gallery != null;
  }

  private FacePipeline pipeline() {
    StageFactory joint = also.isEmpty() ? stages : new JointStages(stages, also);
    return isNaming()
        ? Pipelines.identifying(spec, joint, stageOptions, threshold.cosine(), gallery)
        : Pipelines.detecting(joint, stageOptions);
  }

  /** A name with a typing error would leave someone visible. */
  private void requireKnown(FacePipeline pipeline) {
    if (!isNaming()) {
      return;
    }
    List<String> labels = pipeline.gallery().labels();
    for (String name : shown.isEmpty() ? only : shown) {
      if (!labels.contains(name)) {
        throw Exit.wrongUsage(spec, "nobody is known as " + name + "; known are " + labels);
      }
    }
  }

  private void refuseOverwriting(List<ImageSource> sources, List<Supplier<Path>> places)
      throws IOException {
    Set<Path> inputs = new HashSet<>();
    for (ImageSource source : sources) {
      Path file = Path.of(source.name());
      if (Files.exists(file)) {
        inputs.add(file.toRealPath());
      }
    }
    for (Supplier<Path> place : places) {
      Path target = place.get();
      if (Files.exists(target) && inputs.contains(target.toRealPath())) {
        throw Exit.wrongUsage(
            spec,
            "--out " + out + " would overwrite the input " + target + "; name another folder");
      }
    }
  }

  private static String suffix(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static boolean isVideo(Path file) {
    return VIDEOS.contains(suffix(String.valueOf(file.getFileName())));
  }

  private static String ending(String name) {
    String suffix = suffix(name);
    return VIDEOS.contains(suffix) ? ".mp4" : JPEG.contains(suffix) ? ".jpg" : ".png";
  }

  private static void print(PrintWriter console, PhotoResult result) {
    if (result.error == null || !result.faces.isEmpty()) {
      long hidden = result.faces.stream().filter(face -> Boolean.TRUE.equals(face.hidden)).count();
      console.println(
          result.image
              + ": "
              + Counted.of(result.faces.size(), "face")
              + ", "
              + hidden
              + " hidden");
    }
  }

  private void summarize(PrintWriter console, List<PhotoResult> results) {
    long without =
        results.stream().filter(result -> result.error == null && result.faces.isEmpty()).count();
    if (without > 0) {
      console.println("without a face: " + without + "; look at them before you publish them");
    }
    console.println("written to " + out);
  }
}
