package io.facepipeline.training.embedder;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that trains an embedder. */
@Command(
    name = "embedder",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains an embedder on augmented faces: to reproduce a teacher's embeddings, to tell people"
          + " apart by name, or both.",
      "Finished parts in the folder of --out are kept: an interrupted run continues."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public final class EmbedderCommand implements Callable<Integer> {
  private static final int USUAL_DIMENSIONS = 128;

  private CommandSpec spec;

  @Mixin private FaceOptions faces = new FaceOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description =
          "the folder for embedder.onnx; crops and views in its subfolder work take some 40 kB per"
              + " face and 20 kB per view")
  private Path out = Path.of("");

  @Option(
      names = "--student",
      paramLabel = "ARCHITECTURE",
      description =
          "the architecture of the network to train, such as MobileFaceNet or IR-SE-50; default:"
              + " that of --from, else "
              + StudentNetwork.COMPACT)
  private @Nullable String student;

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "weights to start from: a checkpoint, or a catalog id such as facenet-vggface2 or"
              + " resnet18-imagenet; to fine-tune them, train at a low --rate")
  private @Nullable String from;

  @Option(
      names = "--fixed-norms",
      description =
          "normalize with the means and variances of --from, which stay as they are, and not with"
              + " those of each batch: for few people, small batches, and networks whose"
              + " normalization was folded")
  private boolean fixedNorms;

  @Option(
      names = "--head-first",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "steps at first in which only the classifier of --identity learns, so that its random"
              + " weights do not spoil those of --from; default: ${DEFAULT-VALUE}")
  private int headFirst;

  @Option(
      names = "--id",
      paramLabel = "ID",
      defaultValue = "own-embedder",
      description = "the model's id on its card; default: ${DEFAULT-VALUE}")
  private String id = "";

  @Option(
      names = "--teacher",
      paramLabel = "MODEL",
      defaultValue = DefaultModels.EMBEDDER,
      description =
          "a catalog id, a checkpoint or an ONNX file of an embedder for the student's crops;"
              + " default: ${DEFAULT-VALUE}, which is inside the program")
  private String teacher = "";

  @Option(
      names = "--teacher-mirrored",
      description =
          "learn the teacher's embedding of each view and its mirror image together, which is"
              + " better, and takes the teacher twice the time")
  private boolean teacherMirrored;

  @Option(
      names = "--teacher-stages",
      description =
          "learn what each stage of the teacher's network gives, from what its stage before gave,"
              + " instead of its embeddings: the quickest beginning for a --student of the"
              + " teacher's architecture; then go on --from it without this option")
  private boolean teacherStages;

  @Option(names = "--no-teacher", description = "train on the people's names alone; needs --head")
  private boolean noTeacher;

  @Mixin private RelationOptions relations = new RelationOptions();

  @Mixin private IdentityOptions identity = new IdentityOptions();

  @Option(
      names = "--dimensions",
      paramLabel = "N",
      description =
          "dimensions of an embedding without a teacher; default: those of --from, else 128")
  private @Nullable Integer dimensions;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "folder of published models (or set FACEPIPELINE_MODELS)")
  private @Nullable Path models;

  @Mixin private ViewOptions views = new ViewOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "30000",
      description = "training steps; default: ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "views per step; default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(
      names = "--rate",
      paramLabel = "X",
      defaultValue = "2e-3",
      description = "the highest learning rate; default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--float32",
      description =
          "compute convolutions in float32 instead of bfloat16: slower on most processors")
  private boolean full;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "the seed of all random choices; default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(names = "--quiet", description = "show no progress")
  private boolean quiet;

  @Spec
  void describe(CommandSpec description) {
    spec = description;
    spec.usageMessage().footer(IdentityOptions.explained());
  }

  @Override
  public Integer call() {
    faces.require();
    requireAbove("steps", steps);
    requireAbove("rate", rate);
    requireAbove("dimensions", dimensions == null ? 1 : dimensions);
    IdentityLesson.Choice names = identity.choice();
    if (batch < 2) {
      throw new FacePipelineException("--batch must be at least 2, got " + batch);
    }
    requireHeadFirst(names);
    if (fixedNorms && from == null) {
      throw new FacePipelineException(
          "--fixed-norms needs --from: a new network has no means and variances to keep");
    }
    if (noTeacher && names == null) {
      throw new FacePipelineException("--no-teacher leaves no loss; choose a --head");
    }
    faces.requireFolders();
    ModelStore store =
        models != null ? ModelStore.builder().folder(models).build() : ModelStore.fromEnvironment();
    Checkpoint weights = from == null ? null : StudentNetwork.weights(from, store);
    StudentNetwork network = network(weights);
    EmbedderTraining.Settings settings =
        new EmbedderTraining.Settings(
            network,
            weights,
            id,
            dimensions(network, weights),
            names,
            relations.choice(batch, !noTeacher),
            teacherStages ? stages(names, store) : null,
            views.recipe(),
            batch,
            steps,
            fixedNorms,
            headFirst,
            rate,
            !full,
            seed);
    PrintWriter output = spec.commandLine().getOut();
    PrintWriter errors = spec.commandLine().getErr();
    try (FaceEmbedder teaching = noTeacher ? null : teacher(store)) {
      Path model =
          new EmbedderTraining(
                  new RunFolder(out), settings, ProgressBars.unless(quiet), output::println)
              .run(
                  teaching,
                  faces.toString(),
                  (progress, to) -> faces.collect(network.input().crop(), progress, errors, to),
                  faces.heldOut(seed));
      output.println("the model is " + model);
      if (!faces.holdOut()) {
        output.println(
            "nobody was held out, so it has no thresholds: train with --hold-out PEOPLE, give one"
                + " with --threshold T, or have them measured on photos of people whom such tensors"
                + " seen:");
        output.println(
            "  java -jar facepipeline.jar evaluate verify --people DIR --embedder " + model);
      }
      CardFile.read(out.resolve("embedder.card.json"))
          .measured()
          .ifPresent(thresholds -> output.println(said(thresholds)));
      output.flush();
    }
    return 0;
  }

  /** The teacher's weights, of which the student learns the stages and nothing else. */
  private Checkpoint stages(IdentityLesson.@Nullable Choice names, ModelStore store) {
    if (noTeacher || teacherMirrored || names != null || relations.any() || views.cleanTeacher()) {
      throw new FacePipelineException(
          "--teacher-stages learns the stages alone, of the views that the student sees; leave out"
              + " --no-teacher, --teacher-mirrored, --clean-teacher, --hard-relations and --head");
    }
    return StudentNetwork.weights(teacher, store);
  }

  private static String said(ModelCard.Thresholds thresholds) {
    return String.format(
        Locale.ROOT,
        "thresholds: %.3f to verify, %.3f to identify, from %d pairs of different people%s",
        thresholds.verification(),
        thresholds.identification(),
        thresholds.impostorPairs(),
        thresholds.impostorPairs() * ModelCard.Thresholds.VERIFICATION_FAR < 1
            ? ", which is few: hold out more people for better thresholds"
            : "");
  }

  private void requireHeadFirst(IdentityLesson.@Nullable Choice names) {
    boolean classifier = names != null && names.recipe().objective().hasClassifier();
    if (headFirst < 0 || headFirst >= steps || (headFirst > 0 && !classifier)) {
      throw new FacePipelineException(
          "--head-first must be 0, or less than --steps and with a --head that has a classifier,"
              + " got "
              + headFirst
              + " of "
              + steps
              + " steps and "
              + (names == null ? "no head" : names.recipe().objective()));
    }
  }

  private int dimensions(StudentNetwork network, @Nullable Checkpoint weights) {
    if (dimensions != null) {
      return dimensions;
    }
    return weights == null ? USUAL_DIMENSIONS : network.architecture().outputSize(weights);
  }

  private StudentNetwork network(@Nullable Checkpoint weights) {
    try {
      if (student != null || weights == null) {
        return StudentNetwork.named(student != null ? student : StudentNetwork.COMPACT);
      }
      // No model of the catalog is a compact network; what else it could be, loading will say.
      return StudentNetwork.of(weights)
          .orElseGet(() -> StudentNetwork.named(StudentNetwork.COMPACT));
    } catch (IllegalArgumentException e) {
      throw new FacePipelineException("--student cannot be used: " + e.getMessage(), e);
    }
  }

  private static void requireAbove(String what, double value) {
    if (!(value > 0)) {
      throw new FacePipelineException("--" + what + " must be more than 0, got " + value);
    }
  }

  private FaceEmbedder teacher(ModelStore store) {
    EmbedderOptions options =
        EmbedderOptions.defaults().withThreads(1).withBatchSize(16).withMirrored(teacherMirrored);
    if (teacher.equals(DefaultModels.EMBEDDER)) {
      return DefaultModels.embedder(options);
    }
    Optional<Backbone> known = Backbone.named(teacher);
    if (known.isPresent()) {
      return known.get().load(store, options);
    }
    Path file = Path.of(teacher);
    return ModelFile.embedder(file, options, store);
  }
}
