package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.network.PhotoSet.Use;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that trains an image classifier. */
@Command(
    name = "train-network",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains an image classifier on a folder per class, from scratch or from the weights of"
          + " another network.",
      "The model runs in classify-image (whole pictures) or expression (faces).",
      "An interrupted run continues where its last epoch ended."
    },
    footer = "Exit codes: 0 done, 1 some photos could not be used, 2 wrong usage or photos.")
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public final class NetworkCommand implements Callable<Integer> {
  private static final int SMALLEST_SIDE = 16;
  private static final int LARGEST_SIDE = 512;
  private static final int DEFAULT_SIDE = 64;
  private static final int DEFAULT_EPOCHS = 40;
  private static final int DEFAULT_FROZEN = 10;

  @Spec private CommandSpec spec;

  @Option(
      names = "--photos",
      paramLabel = "DIR",
      required = true,
      description = "a folder that holds a folder per class, named as the class")
  private Path photos = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "the folder for classifier.onnx, tables and plots")
  private Path out = Path.of("");

  @Option(
      names = "--look",
      paramLabel = "AT",
      description =
          "what the network sees of a photo: ${COMPLETION-CANDIDATES}. PICTURES: the middle of the"
              + " whole picture; FACES: the detected face, the largest near the middle; CROPS: the"
              + " photos are crops of faces already. Default: FACES with --from an embedder, else"
              + " PICTURES")
  private @Nullable Look look;

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "weights to start from: compact-default, which is inside the program, a catalog id, or a"
              + " checkpoint. Default: random weights of a small residual network")
  private @Nullable String from;

  @Option(
      names = "--freeze",
      paramLabel = "N",
      description =
          "with --from: epochs in which only the new last layer is trained; default: 10, or half of"
              + " the epochs if that is less")
  private @Nullable Integer freeze;

  @Option(
      names = "--validation",
      paramLabel = "DIR",
      description =
          "photos that choose the best epoch, in folders named as those of --photos. Default: a"
              + " share of --photos")
  private @Nullable Path validation;

  @Option(
      names = "--validation-share",
      paramLabel = "X",
      defaultValue = "0.2",
      description =
          "the share of each class's photos that choose the best epoch, if there is no"
              + " --validation; default: ${DEFAULT-VALUE}")
  private double share;

  @Option(
      names = "--test",
      paramLabel = "DIR",
      description = "photos that only measure the result, in folders named as those of --photos")
  private @Nullable Path test;

  @Option(
      names = "--folds",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "first train N times, each time without one of N parts of --photos, and measure with that"
              + " part: an honest figure, N times the work; default: ${DEFAULT-VALUE}, none")
  private int folds;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "how often each photo is learned; default: 40")
  private @Nullable Integer epochs;

  @Option(
      names = "--minutes",
      paramLabel = "X",
      description = "train for about so long, all folds together, instead of --epochs")
  private @Nullable Double minutes;

  @Option(
      names = "--side",
      paramLabel = "PIXELS",
      description =
          "width and height of what the network sees, 16 to 512; default: 64; with --from it is"
              + " the model's own")
  private @Nullable Integer side;

  @Option(names = "--grey", description = "look at pictures in grey; with --from the model decides")
  private boolean grey;

  @Option(
      names = "--augment",
      paramLabel = "HOW",
      defaultValue = "STANDARD",
      description =
          "how photos are changed while they are learned: ${COMPLETION-CANDIDATES}; default:"
              + " ${DEFAULT-VALUE}")
  private Settings.Augment augment = Settings.Augment.STANDARD;

  @Option(
      names = "--no-mirror",
      description = "do not mirror photos, for classes that differ by left and right")
  private boolean noMirror;

  @Option(
      names = "--pairing",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "the share of the photos that are mixed with another photo (SamplePairing), 0 to 1;"
              + " default: ${DEFAULT-VALUE}")
  private double pairing;

  @Option(
      names = "--balance",
      paramLabel = "HOW",
      defaultValue = "NONE",
      description =
          "what makes up for classes of few photos: ${COMPLETION-CANDIDATES}. WEIGHTS: their photos"
              + " count more; SAMPLING: they are learned more often. Default: ${DEFAULT-VALUE}")
  private Settings.Balance balance = Settings.Balance.NONE;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "photos of a step, at least 2; default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(
      names = "--rate",
      paramLabel = "X",
      defaultValue = "2e-3",
      description =
          "the highest learning rate, with --from of the last layer while it is trained alone;"
              + " default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--whole-rate",
      paramLabel = "X",
      defaultValue = "2e-4",
      description =
          "with --from: the highest learning rate of the whole network; default: ${DEFAULT-VALUE}")
  private double wholeRate;

  @Option(
      names = "--smoothing",
      paramLabel = "X",
      defaultValue = "0.1",
      description =
          "the share of a label's probability that all classes get, from 0 to below 1; default:"
              + " ${DEFAULT-VALUE}")
  private double smoothing;

  @Option(
      names = "--id",
      paramLabel = "ID",
      defaultValue = "own-classifier",
      description = "the model's id on its card; default: ${DEFAULT-VALUE}")
  private String id = "";

  @Option(
      names = "--attribute",
      paramLabel = "NAME",
      defaultValue = "class",
      description =
          "for faces: what the labels tell, such as expression; default: ${DEFAULT-VALUE}")
  private String attribute = "";

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "folder of published models (or set FACEPIPELINE_MODELS)")
  private @Nullable Path models;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "the seed of all random choices; default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(names = "--quiet", description = "show no progress")
  private boolean quiet;

  @Override
  public Integer call() {
    requireSound();
    Map<Use, ClassFolder> folders = new EnumMap<>(Use.class);
    ClassFolder training = ClassFolder.scan(photos);
    folders.put(Use.TRAINING, training);
    if (validation != null) {
      folders.put(Use.VALIDATION, ClassFolder.scan(validation).requireOnly(training));
    }
    if (test != null) {
      folders.put(Use.TEST, ClassFolder.scan(test).requireOnly(training));
    }
    Settings settings = settings(start());
    PrintWriter output = spec.commandLine().getOut();
    NetworkTraining.Result result =
        new NetworkTraining(
                new RunFolder(out),
                settings,
                ProgressBars.unless(quiet),
                line -> {
                  output.println(line);
                  output.flush();
                })
            .run(folders);
    PrintWriter errors = spec.commandLine().getErr();
    result.leftOut().forEach(photo -> errors.println("left out: " + photo));
    errors.flush();
    output.println("the model is " + result.model() + "; run it with");
    output.println(
        "  java -jar facepipeline.jar "
            + (settings.look() == Look.PICTURES
                ? "classify-image --model "
                : settings.look() == Look.FACES
                    ? "expression --model "
                    : "expression --crops --model ")
            + result.model()
            + " photos");
    output.flush();
    return result.leftOut().stream().anyMatch(photo -> photo.reason().isLoss()) ? 1 : 0;
  }

  private void requireSound() {
    require(epochs == null || minutes == null, "give either --epochs or --minutes, not both");
    requireAtLeast("--epochs", epochs == null ? 1 : epochs, 1);
    requireAbove("--minutes", minutes == null ? 1 : minutes);
    requireAtLeast("--batch", batch, 2);
    requireAbove("--rate", rate);
    requireAbove("--whole-rate", wholeRate);
    require(share > 0 && share < 1, "--validation-share must be between 0 and 1, got " + share);
    require(folds == 0 || folds >= 2, "--folds must be 0 or at least 2, got " + folds);
    require(pairing >= 0 && pairing <= 1, "--pairing must be from 0 to 1, got " + pairing);
    require(
        smoothing >= 0 && smoothing < 1, "--smoothing must be from 0 to below 1, got " + smoothing);
    require(
        side == null || (side >= SMALLEST_SIDE && side <= LARGEST_SIDE),
        "--side must be from " + SMALLEST_SIDE + " to " + LARGEST_SIDE + ", got " + side);
    require(
        from != null || freeze == null,
        "--freeze needs --from: random weights must not stay as they are");
    require(from == null || !grey, "--grey cannot change what a model of --from sees; leave it");
    int most = minutes != null ? Integer.MAX_VALUE : length();
    require(
        freeze == null || (freeze >= 0 && freeze <= most),
        "--freeze must be from 0 to the number of epochs, got " + freeze);
  }

  /** How many epochs there are where no minutes are given. */
  private int length() {
    return epochs == null ? DEFAULT_EPOCHS : epochs;
  }

  private static void requireAtLeast(String option, int value, int least) {
    require(value >= least, option + " must be at least " + least + ", got " + value);
  }

  private static void requireAbove(String option, double value) {
    require(value > 0, option + " must be more than 0, got " + value);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new FacePipelineException(problem);
    }
  }

  private Start start() {
    if (from == null) {
      return Start.fromScratch(side == null ? DEFAULT_SIDE : side, grey);
    }
    ModelStore store =
        models != null ? ModelStore.builder().folder(models).build() : ModelStore.fromEnvironment();
    Start start = Start.from(from, store);
    int own = start.input().width();
    require(
        side == null || side == own,
        from + " sees " + own + "x" + own + ", not " + side + "; leave out --side");
    return start;
  }

  private Settings settings(Start start) {
    Look at = look == null ? start.look() : look;
    int half = minutes == null ? length() / 2 : DEFAULT_FROZEN;
    int frozen = freeze != null ? freeze : from == null ? 0 : Math.min(DEFAULT_FROZEN, half);
    return new Settings(
        start.looking(at),
        at,
        id,
        attribute,
        new Settings.Length(length(), minutes, frozen),
        new Settings.Rates(rate, wholeRate, smoothing),
        batch,
        share,
        folds,
        new Settings.Changes(augment, !noMirror, pairing),
        balance,
        seed);
  }
}
