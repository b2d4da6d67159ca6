package io.facepipeline.training.mtcnn;

import io.facepipeline.FacePipelineException;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.faces.LabelOptions;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that trains a detector. */
@Command(
    name = "mtcnn",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains the three networks of MTCNN, one after another, on photos with annotated faces.",
      "Finished parts in the folder of --out are kept: an interrupted run continues."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public final class MtcnnCommand implements Callable<Integer> {
  private static final String PUBLISHED = "mtcnn";

  @Spec private CommandSpec spec;

  @Mixin private LabelOptions labels = new LabelOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description =
          "the folder for pnet.safetensors, rnet.safetensors and onet.safetensors, with the card"
              + " mtcnn.json; holds a few GB of crops during the run")
  private Path out = Path.of("");

  @Option(
      names = "--teacher",
      paramLabel = "DETECTOR",
      defaultValue = DefaultModels.MTCNN,
      description =
          "the networks whose outputs are trained on beside the labels: mtcnn-default (inside the"
              + " program) or mtcnn (published); default: ${DEFAULT-VALUE}")
  private String taught = DefaultModels.MTCNN;

  @Option(names = "--no-teacher", description = "train on the labels alone")
  private boolean alone;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "folder of the published networks (or set FACEPIPELINE_MODELS)")
  private @Nullable Path models;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "the seed of all random choices; default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--effort",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "the number of training steps as a multiple of the usual number, which takes less than an"
              + " hour; default: ${DEFAULT-VALUE}")
  private double effort;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "threads for cutting crops; training steps use one; default: ${DEFAULT-VALUE}")
  private int threads;

  @Option(names = "--quiet", description = "show no progress")
  private boolean quiet;

  @Override
  public Integer call() {
    if (labels.areEmpty()) {
      throw new FacePipelineException("there is no training data; give --data or --labels");
    }
    if (!(effort > 0)) {
      throw new FacePipelineException("the effort must be more than 0, got " + effort);
    }
    List<LabelledPhoto> photos = labels.read(read -> {});
    MtcnnTraining.Settings settings = new MtcnnTraining.Settings(seed, effort, threads);
    ProgressBars bars = ProgressBars.unless(quiet);
    try (Teacher teacher = teacher();
        MtcnnTraining training =
            new MtcnnTraining(
                photos, teacher, new WorkFolder(new RunFolder(out)), settings, bars)) {
      training.run();
      Map<String, Map<String, Double>> figures = new TreeMap<>();
      figures.put("training", training.losses());
      labels
          .<Map<String, Map<String, Double>>>measure(training::measure)
          .forEach(more -> merge(figures, more));
      training.writeCard(figures);
      PrintWriter output = spec.commandLine().getOut();
      figures.forEach((detector, values) -> output.println(detector + " " + values));
      output.println("the networks are in " + out + "; use them with --detector " + out);
      output.print(labels.adviceIfUnmeasured("the networks were"));
      output.flush();
    }
    return 0;
  }

  private @Nullable Teacher teacher() {
    if (alone) {
      return null;
    }
    if (taught.equals(DefaultModels.MTCNN)) {
      return new Teacher(DefaultModels.mtcnnWeights());
    }
    if (!taught.equals(PUBLISHED)) {
      throw new FacePipelineException(
          "--teacher is " + DefaultModels.MTCNN + " or " + PUBLISHED + ", got " + taught);
    }
    ModelStore store =
        models != null ? ModelStore.builder().folder(models).build() : ModelStore.fromEnvironment();
    return new Teacher(store.require(Mtcnn.files()).stream().map(Checkpoint::read).toList());
  }

  private static void merge(
      Map<String, Map<String, Double>> figures, Map<String, Map<String, Double>> more) {
    more.forEach(
        (name, values) -> figures.computeIfAbsent(name, n -> new TreeMap<>()).putAll(values));
  }
}
