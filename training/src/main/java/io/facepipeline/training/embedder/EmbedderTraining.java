package io.facepipeline.training.embedder;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.embedding.FaceNetwork;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.ProgressBars;
import io.facepipeline.training.RunFolder;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** From photos to a model: crops, views with the teacher's embeddings, steps, the ONNX file. */
final class EmbedderTraining {
  private static final int BATCH = 64;
  private static final int SAVE_EVERY = 500;
  private static final int REPORT_EVERY = 100;

  /**
   * How many views there must be before the first step, so that it does not learn a few by heart.
   */
  private static final int FIRST_VIEWS = 10_000;

  private final RunFolder folder;
  private final Settings settings;
  private final ProgressBars bars;

  /**
   * What a user decides.
   *
   * @param network what is trained
   * @param from weights to go on from, or null
   * @param id what the card calls the model
   * @param passes views made of each crop
   * @param steps of training
   * @param rate the highest learning rate
   * @param half whether convolutions are computed in bfloat16
   * @param seed decides all that is left to chance
   */
  record Settings(
      FaceNetwork network,
      @Nullable Path from,
      String id,
      int passes,
      int steps,
      double rate,
      boolean half,
      long seed) {}

  /** Hands over the crops of a training set, each with a person's name or the empty string. */
  @FunctionalInterface
  interface Crops {
    void collect(ProgressListener progress, BiConsumer<String, Image> to);
  }

  EmbedderTraining(RunFolder folder, Settings settings, ProgressBars bars) {
    this.folder = folder;
    this.settings = settings;
    this.bars = bars;
  }

  /**
   * Trains, or goes on with what is in the folder.
   *
   * @param sources what the crops are made of, to tell runs apart
   * @return the model's file
   * @throws FacePipelineException if the folder was begun with other settings, or nothing can be
   *     learned
   */
  Path run(FaceEmbedder teacher, String sources, Crops crops) {
    folder.requireSame(recipe(teacher, sources));
    Torch.load();
    // One thread trains while the other makes views.
    torch.set_num_threads(1);
    int dimensions = teacher.card().embeddingSize();
    Path weights = folder.out().resolve("embedder.safetensors");
    try (CropStore faces = faces(crops);
        Student student = student(dimensions);
        ViewFile views =
            ViewFile.open(folder.work().resolve("views.bin"), student.side(), dimensions);
        ViewProducer producer =
            new ViewProducer(faces, teacher, views, settings.passes(), settings.seed())) {
      producer.start();
      DistillationTrainer.Plan plan =
          new DistillationTrainer.Plan(
              settings.steps(), BATCH, settings.rate(), SAVE_EVERY, REPORT_EVERY, settings.seed());
      int first = Math.min(FIRST_VIEWS, producer.total());
      bars.during(
          "steps",
          progress ->
              new DistillationTrainer(plan, folder.work())
                  .train(student, views, weights, () -> producer.require(first), progress));
    }
    return write(Checkpoint.read(weights), teacher.card());
  }

  private CropStore faces(Crops crops) {
    return bars.during(
        "faces",
        progress ->
            CropStore.open(folder.work().resolve("crops.rgb"), to -> crops.collect(progress, to)));
  }

  /** All that the weights hang on. */
  private Map<String, String> recipe(FaceEmbedder teacher, String sources) {
    Path from = settings.from();
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("sources", sources);
    recipe.put("teacher", teacher.card().fingerprint());
    recipe.put("student", settings.network().architecture());
    recipe.put("from", from == null ? "random weights" : Checkpoint.sha256(from));
    recipe.put("passes", String.valueOf(settings.passes()));
    recipe.put("steps", String.valueOf(settings.steps()));
    recipe.put("rate", String.valueOf(settings.rate()));
    recipe.put("convolutions", settings.half() ? "bfloat16" : "float32");
    recipe.put("seed", String.valueOf(settings.seed()));
    return recipe;
  }

  private Student student(int dimensions) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    boolean half = settings.half();
    Student student =
        switch (settings.network()) {
          case COMPACT -> new CompactStudent(dimensions, half, random);
          case MOBILE_FACE_NET -> new MobileFaceNetStudent(dimensions, half, random);
          case IR_50 -> ImprovedResidualStudent.of50(dimensions, half, false, random);
        };
    if (settings.from() != null) {
      try {
        student.load(Checkpoint.read(settings.from()));
      } catch (RuntimeException e) {
        student.close();
        throw e;
      }
    }
    return student;
  }

  /** Writes the model that the library runs, with a card that says where it comes from. */
  private Path write(Checkpoint weights, ModelCard teacher) {
    ModelCard card =
        ModelCard.builder(settings.id())
            .architecture(settings.network().architecture())
            .embeddingSize(teacher.embeddingSize())
            .crop(CropStore.SPEC)
            .colorOrder(ModelCard.ColorOrder.RGB)
            .scaling(127.5f, 128f)
            .licence("as the photos it was trained on allow")
            .origin("trained with the teacher " + teacher.fingerprint())
            .sourceSha256(weights.sha256())
            .build();
    Path file = folder.out().resolve("embedder.onnx");
    Path unfinished = folder.out().resolve("embedder.onnx.unfinished");
    try {
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        settings.network().convert(weights, card, false, channel);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the model " + file + ": " + e, e);
    }
    return file;
  }
}
