package io.facepipeline.training.embedder;

import com.google.common.collect.Iterables;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.PhotoFolder;
import io.facepipeline.ProgressListener;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
      "Trains an embedder on augmented faces: to reproduce a teacher's embeddings,",
      "to tell people apart by name, or both.",
      "Finished parts in the folder of --out are kept: an interrupted run continues."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public final class EmbedderCommand implements Callable<Integer> {
  /** Of each kind: those of the same person and those of different people. */
  private static final int MOST_PAIRS = 3000;

  private static final int LEAST_PEOPLE = 4;
  private static final int USUAL_DIMENSIONS = 128;

  private CommandSpec spec;

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
          "weights to start from: a checkpoint, or a catalog id such as facenet-vggface2; to"
              + " fine-tune them, train at a low --rate")
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

  @Option(names = "--no-teacher", description = "train on the people's names alone; needs --head")
  private boolean noTeacher;

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
    if (photos.isEmpty() && crops.isEmpty() && sheets.isEmpty()) {
      throw new FacePipelineException(
          "there is no training data; give --photos, --crops or --sheets");
    }
    requireAbove("steps", steps);
    requireAbove("rate", rate);
    requireAbove("dimensions", dimensions == null ? 1 : dimensions);
    Identification.Choice names = identity.choice();
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
    for (Path folder : Iterables.concat(photos, crops)) {
      if (!Files.isDirectory(folder)) {
        throw new FacePipelineException("there is no folder " + folder + " to train on");
      }
    }
    ModelStore store =
        models != null ? ModelStore.builder().folder(models).build() : ModelStore.fromEnvironment();
    Checkpoint weights = weights(store);
    StudentNetwork network = network(weights);
    EmbedderTraining.Settings settings =
        new EmbedderTraining.Settings(
            network,
            weights,
            id,
            dimensions(network, weights),
            names,
            views.recipe(),
            batch,
            steps,
            fixedNorms,
            headFirst,
            rate,
            !full,
            seed);
    PrintWriter output = spec.commandLine().getOut();
    try (FaceEmbedder teaching = noTeacher ? null : teacher(store)) {
      Path model =
          new EmbedderTraining(
                  new RunFolder(out), settings, new ProgressBars(!quiet), output::println)
              .run(
                  teaching, sources(), (progress, to) -> collect(network, progress, to), heldOut());
      output.println("the model is " + model);
      if (holdOut == null) {
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

  private void requireHeadFirst(Identification.@Nullable Choice names) {
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

  /** The weights to start from. */
  private @Nullable Checkpoint weights(ModelStore store) {
    if (from == null) {
      return null;
    }
    if (from.equals(DefaultModels.EMBEDDER)) {
      return DefaultModels.embedderWeights();
    }
    if (Files.exists(Path.of(from))) {
      return Checkpoint.read(Path.of(from));
    }
    Backbone known =
        Backbone.named(from)
            .orElseThrow(
                () ->
                    new FacePipelineException(
                        "there are no weights "
                            + from
                            + " to start from: it is neither a checkpoint, nor "
                            + DefaultModels.EMBEDDER
                            + ", nor an embedder of the catalog"));
    return Checkpoint.read(store.require(List.of(known.file())).get(0));
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
      // The compact network is in no catalog; what else it could be, loading will say.
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

  /** {@return what the crops are made of, for people and to tell runs apart} */
  private String sources() {
    return "sheets %s, crops %s, %sphotos %s, held out %s"
        .formatted(
            sheets, crops, soundOnly ? "sound " : "", photos, holdOut == null ? "nobody" : holdOut);
  }

  private void collect(
      StudentNetwork network, ProgressListener progress, BiConsumer<String, Image> to) {
    PrintWriter errors = spec.commandLine().getErr();
    CropSources sources =
        new CropSources(
            network.input().crop(),
            peopleHeldOut(),
            progress,
            problem -> errors.println("left out: " + problem));
    sheets.forEach(table -> sources.sheets(table, to));
    crops.forEach(folder -> sources.crops(folder, to));
    if (!photos.isEmpty()) {
      try (FaceDetector detector = DefaultModels.detector().minFaceSize(40).build()) {
        photos.forEach(folder -> sources.photos(folder, detector, soundOnly, to));
      }
    }
    errors.flush();
  }

  /** Pairs of the people of a folder, or those of a list's last fold. */
  private List<FacePair> heldOut() {
    if (holdOut == null) {
      return List.of();
    }
    if (Files.isDirectory(holdOut)) {
      return FacePair.drawn(peopleOf(holdOut), MOST_PAIRS, 2, seed);
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
    return heldOut().stream()
        .flatMap(pair -> Stream.of(pair.first().person(), pair.second().person()))
        .collect(Collectors.toSet());
  }

  private FaceEmbedder teacher(ModelStore store) {
    EmbedderOptions options = EmbedderOptions.defaults().withThreads(1).withBatchSize(16);
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
