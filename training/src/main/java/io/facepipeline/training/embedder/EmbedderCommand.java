package io.facepipeline.training.embedder;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.FaceNetwork;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.evaluation.FacePair;
import io.facepipeline.evaluation.VerificationPairs;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.Torch;
import io.facepipeline.training.student.CompactStudent;
import io.facepipeline.training.student.ImprovedResidualStudent;
import io.facepipeline.training.student.MobileFaceNetStudent;
import io.facepipeline.training.student.Student;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that trains an embedder. */
@Command(
    name = "embedder",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a compact embedder to give a teacher's embeddings, on changed views of faces.",
      "What is there already in the folder of --out is kept: a run that was cut off goes on."
    })
public final class EmbedderCommand implements Callable<Integer> {
  private static final int SAVE_EVERY = 500;
  private static final int ROW_STEPS = 100;

  /** How many views there must be before the first step. */
  private static final int FIRST_VIEWS = 10_000;

  @Option(
      names = "--photos",
      paramLabel = "DIR",
      description = "photos of anybody, or a folder per person; may be given several times")
  private List<Path> photos = new ArrayList<>();

  @Option(
      names = "--crops",
      paramLabel = "DIR",
      description = "aligned crops of 112x112, or a folder of them per person")
  private List<Path> crops = new ArrayList<>();

  @Option(
      names = "--sheets",
      paramLabel = "TABLE",
      description =
          "sheets of ten by ten aligned crops: a .tsv with the columns sheet, cell and person,"
              + " beside the folder of the sheets, which is named like it")
  private List<Path> sheets = new ArrayList<>();

  @Option(
      names = "--hold-out",
      paramLabel = "PAIRS",
      description =
          "a list of pairs as LFW's: whoever is in its last fold is left out of the training,"
              + " wherever the name appears")
  private @Nullable Path holdOut;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "where all goes")
  private Path out = Path.of("");

  @Option(
      names = "--student",
      paramLabel = "NETWORK",
      defaultValue = "COMPACT",
      description = "what is trained: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
  private FaceNetwork network = FaceNetwork.COMPACT;

  @Option(
      names = "--from",
      paramLabel = "CHECKPOINT",
      description = "weights of the same network to go on from")
  private @Nullable Path from;

  @Option(
      names = "--id",
      paramLabel = "ID",
      defaultValue = "own-embedder",
      description = "what the card calls the model; default: ${DEFAULT-VALUE}")
  private String id = "";

  @Option(
      names = "--teacher",
      paramLabel = "MODEL",
      defaultValue = "mobilefacenet-foamliu",
      description =
          "a catalogue id, a checkpoint or an ONNX file of an embedder for crops of 112x112;"
              + " default: ${DEFAULT-VALUE}")
  private String teacher = "";

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "where the published models are; else as FACEPIPELINE_MODELS says")
  private @Nullable Path models;

  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "8",
      description = "views made of each crop; default: ${DEFAULT-VALUE}")
  private int passes;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "30000",
      description = "steps of training, 64 views each; default: ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--rate",
      paramLabel = "X",
      defaultValue = "2e-3",
      description = "the highest learning rate; default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--float32",
      description = "compute convolutions in float32, not in bfloat16: slower on most processors")
  private boolean full;

  @Option(names = "--seed", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (photos.isEmpty() && crops.isEmpty() && sheets.isEmpty()) {
      throw new FacePipelineException(
          "there is nothing to learn from; give --photos, --crops or --sheets");
    }
    Path work = Files.createDirectories(out.resolve("work"));
    ModelStore store =
        models != null ? ModelStore.builder().folder(models).build() : ModelStore.fromEnvironment();
    Torch.load();
    torch.set_num_threads(1);
    try (CropStore faces = CropStore.open(work.resolve("crops.rgb"), to -> collect(store, to));
        FaceEmbedder teaching = teacher(store);
        Student student = student(teaching.card().embeddingSize());
        ViewFile views =
            ViewFile.open(
                work.resolve("views.bin"), student.side(), teaching.card().embeddingSize())) {
      System.err.println(faces.size() + " faces");
      train(work, student, new ViewProducer(faces, teaching, views, passes, seed), views);
      write(teaching.card());
    }
    return 0;
  }

  private Student student(int dimensions) {
    SplittableRandom random = new SplittableRandom(seed);
    Student student =
        switch (network) {
          case COMPACT -> new CompactStudent(dimensions, !full, random);
          case MOBILE_FACE_NET -> new MobileFaceNetStudent(dimensions, !full, random);
          case IR_50 -> ImprovedResidualStudent.of50(dimensions, !full, false, random);
        };
    if (from != null) {
      student.load(Checkpoint.read(from));
    }
    return student;
  }

  private void train(Path work, Student student, ViewProducer producer, ViewFile views)
      throws InterruptedException {
    Thread making = new Thread(producer, "views");
    making.setDaemon(true);
    making.start();
    DistillationTrainer.Plan plan = new DistillationTrainer.Plan(steps, 64, rate, SAVE_EVERY, seed);
    int first = Math.min(FIRST_VIEWS, producer.total());
    long start = System.nanoTime();
    new DistillationTrainer(plan, work.resolve("embedder.state.safetensors"))
        .train(
            student,
            views,
            out.resolve("embedder.safetensors"),
            step -> {
              while (views.size() < first) {
                sleep();
              }
            },
            (step, loss, cosine, current) ->
                System.err.printf(
                    "step %d/%d loss %.4f cosine %.4f rate %.2e views %d after %d s%n",
                    step,
                    steps,
                    loss,
                    cosine,
                    current,
                    views.size(),
                    (System.nanoTime() - start) / 1_000_000_000L),
            ROW_STEPS);
    making.interrupt();
    making.join();
  }

  /** Writes the model that the library runs, with a card that says where it comes from. */
  private void write(ModelCard taught) throws IOException {
    Checkpoint weights = Checkpoint.read(out.resolve("embedder.safetensors"));
    ModelCard card =
        ModelCard.builder(id)
            .architecture(network.architecture())
            .embeddingSize(taught.embeddingSize())
            .crop(CropStore.SPEC)
            .colorOrder(ModelCard.ColorOrder.RGB)
            .scaling(127.5f, 128f)
            .licence("as the photos it was trained on allow")
            .origin("trained with the teacher " + taught.fingerprint())
            .sourceSha256(weights.sha256())
            .build();
    Path file = out.resolve("embedder.onnx");
    Path unfinished = out.resolve("embedder.onnx.unfinished");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      network.convert(weights, card, false, channel);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    System.err.println("the model is " + file);
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FacePipelineException("the training was interrupted", e);
    }
  }

  private void collect(ModelStore store, BiConsumer<String, Image> to) {
    CropSources sources = new CropSources(heldOut(), said());
    sheets.forEach(table -> sources.sheets(table, to));
    crops.forEach(folder -> sources.crops(folder, to));
    if (!photos.isEmpty()) {
      try (FaceDetector detector = Mtcnn.builder().models(store).minFaceSize(40).build()) {
        photos.forEach(folder -> sources.photos(folder, detector, to));
      }
    }
  }

  private Set<String> heldOut() {
    Set<String> people = new HashSet<>();
    if (holdOut != null) {
      List<FacePair> pairs = VerificationPairs.lfw(holdOut, holdOut.resolveSibling("images"));
      int last = pairs.stream().mapToInt(FacePair::fold).max().orElse(0);
      pairs.stream()
          .filter(pair -> pair.fold() == last)
          .forEach(
              pair -> {
                people.add(pair.first().person());
                people.add(pair.second().person());
              });
    }
    return people;
  }

  private FaceEmbedder teacher(ModelStore store) {
    EmbedderOptions options = EmbedderOptions.defaults().withThreads(1).withBatchSize(16);
    Optional<Backbone> known = Backbone.named(teacher);
    if (known.isPresent()) {
      return known.get().load(store, options);
    }
    Path file = Path.of(teacher);
    return teacher.endsWith(".onnx")
        ? OnnxFaceEmbedder.load(file, options)
        : Backbone.detect(file).load(file, options);
  }

  private static ProgressListener said() {
    long[] last = {System.nanoTime()};
    return (done, total, item) -> {
      if (System.nanoTime() - last[0] > 5_000_000_000L || done == total) {
        last[0] = System.nanoTime();
        System.err.println(item + " " + done + "/" + total);
      }
    };
  }
}
