package io.facepipeline.training.detector;

import io.facepipeline.FacePipelineException;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.faces.LabelOptions;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.WiderFace;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that trains a one-stage detector. */
@Command(
    name = "detector",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a one-stage detector (boxes, scores and five landmarks in one pass) on photos with"
          + " annotated faces.",
      "Finished parts in the folder of --out are kept: an interrupted run continues."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public final class DetectorCommand implements Callable<Integer> {
  private static final int MULTIPLE = 32;

  @Spec private CommandSpec spec;

  @Mixin private LabelOptions labels = new LabelOptions();

  @Option(
      names = "--wider",
      paramLabel = "DIR",
      description = "WIDER FACE as published: a folder with WIDER_train and wider_face_split")
  private @Nullable Path wider;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description =
          "the folder for detector.onnx and detector.safetensors, with the card detector.json;"
              + " holds the decoded photos during the run")
  private Path out = Path.of("");

  @Option(
      names = "--teacher",
      paramLabel = "DETECTOR",
      description =
          "a detector that finds the faces nobody marked, and the landmarks: mtcnn-default (inside"
              + " the program), mtcnn (published), a one-stage detector of the catalog or its"
              + " file; may be repeated, then the landmarks are averaged; default: "
              + DefaultModels.MTCNN)
  private List<String> taught = new ArrayList<>();

  @Option(
      names = "--teacher-cells",
      description =
          "also learn what the first teacher says of every cell of a view; it must be yunet, or the"
              + " file of one")
  private boolean cellsToo;

  @Option(names = "--no-teacher", description = "train on the labels alone")
  private boolean alone;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "folder of published networks (or set FACEPIPELINE_MODELS)")
  private @Nullable Path models;

  @Option(
      names = "--start",
      paramLabel = "FILE",
      description =
          "the detector.safetensors of another run to start from; default: random weights")
  private @Nullable Path start;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "the seed of all random choices; default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "60000",
      description = "the number of training steps; default: ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "views of a step; default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(
      names = "--side",
      paramLabel = "PX",
      defaultValue = "256",
      description = "width and height of a view, a multiple of 32; default: ${DEFAULT-VALUE}")
  private int side;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.002",
      description = "the highest learning rate; default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--float32",
      description =
          "compute convolutions in float32 instead of bfloat16: slower on processors that have"
              + " bfloat16, faster on others")
  private boolean exact;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "threads for training steps; views take one more; default: ${DEFAULT-VALUE}")
  private int threads;

  @Option(names = "--quiet", description = "show no progress")
  private boolean quiet;

  @Override
  public Integer call() {
    requireSane();
    List<LabelledPhoto> photos =
        labels.read(
            read -> {
              if (wider != null) {
                WiderFace.add(WiderFace.read(wider), read);
              }
            });
    List<String> names =
        alone ? List.of() : taught.isEmpty() ? List.of(DefaultModels.MTCNN) : taught;
    DetectorTraining.Settings settings =
        new DetectorTraining.Settings(
            names, start, side, steps, batch, rate, !exact, seed, threads, cellTeacher(names));
    try (Teachers teachers = names.isEmpty() ? null : new Teachers(names, store());
        DetectorTraining training =
            new DetectorTraining(
                photos, new RunFolder(out), settings, ProgressBars.unless(quiet))) {
      training.run(teachers);
      Map<String, Map<String, Double>> figures = new TreeMap<>();
      figures.put("training", training.losses());
      Map<String, Double> trained = new TreeMap<>();
      labels.<Map<String, Double>>measure(training::measure).forEach(trained::putAll);
      figures.put("trained", trained);
      training.writeCard(figures);
      PrintWriter output = spec.commandLine().getOut();
      figures.forEach((part, values) -> output.println(part + " " + values));
      output.println("the detector is " + training.model() + "; use it with --detector");
      output.print(labels.adviceIfUnmeasured("the detector was"));
      output.flush();
    }
    return 0;
  }

  /** The file of the teacher whose cells are learned, or null. */
  private @Nullable Path cellTeacher(List<String> names) {
    if (!cellsToo) {
      return null;
    }
    String name = names.isEmpty() ? "none" : names.get(0);
    Optional<CatalogEntry> entry = DetectorModel.named(name).flatMap(DetectorModel::entry);
    if (entry.isPresent()) {
      return store().require(entry.get().files()).get(0);
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new FacePipelineException(
          "--teacher-cells needs yunet, or the file of one, as the first --teacher, got " + name);
    }
    return file;
  }

  private void requireSane() {
    if (labels.areEmpty() && wider == null) {
      throw new FacePipelineException(
          "there is no training data; give --data, --wider or --labels");
    }
    if (side < 2 * MULTIPLE || side % MULTIPLE != 0) {
      throw new FacePipelineException(
          "--side must be a multiple of 32 and at least 64, got " + side);
    }
    if (steps < 1 || batch < 1 || threads < 1) {
      throw new FacePipelineException(
          "--steps, --batch and --threads must be at least 1, got "
              + steps
              + ", "
              + batch
              + " and "
              + threads);
    }
    if (!(rate > 0)) {
      throw new FacePipelineException("--rate must be more than 0, got " + rate);
    }
  }

  private ModelStore store() {
    return models != null
        ? ModelStore.builder().folder(models).build()
        : ModelStore.fromEnvironment();
  }
}
