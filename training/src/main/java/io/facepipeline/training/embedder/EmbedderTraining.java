package io.facepipeline.training.embedder;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.ProgressListener;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.training.data.BalancedDraw;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.identity.PeopleBatches;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.Torch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** From photos to a model: crops, views with the teacher's embeddings, steps, the ONNX file. */
final class EmbedderTraining {
  private static final int VIEWS_OF_A_PERSON = 4;

  /** Of the faces that the model is measured with, as in the evaluation of LFW. */
  private static final int LEAST_FACE = 60;

  private static final int SAVE_EVERY = 500;
  private static final int REPORT_EVERY = 100;

  /**
   * How many views there must be before the first step, so that it does not learn a few by heart.
   */
  private static final int FIRST_VIEWS = 10_000;

  private final RunFolder folder;
  private final Settings settings;
  private final ProgressBars bars;
  private final Consumer<String> notes;

  /**
   * What a user decides.
   *
   * @param network what is trained
   * @param from weights to go on from, or null
   * @param id what the card calls the model
   * @param dimensions of an embedding, where neither a teacher nor {@code from} says
   * @param identity learned from the people's names too, or null
   * @param relations learned from the teacher too, or null
   * @param stages the teacher's weights, to learn what each of its stages gives and nothing else,
   *     or null
   * @param views how views are made and drawn
   * @param batch views a step
   * @param steps of training
   * @param fixedNorms whether batch normalization keeps the means and variances of {@code from}
   * @param headFirst steps at first in which only the people's classifier learns
   * @param rate the highest learning rate
   * @param half whether convolutions are computed in bfloat16
   * @param seed decides all that is left to chance
   */
  record Settings(
      StudentNetwork network,
      @Nullable Checkpoint from,
      String id,
      int dimensions,
      IdentityLesson.@Nullable Choice identity,
      HardRelations.@Nullable Choice relations,
      @Nullable Checkpoint stages,
      ViewRecipe views,
      int batch,
      int steps,
      boolean fixedNorms,
      int headFirst,
      double rate,
      boolean half,
      long seed) {}

  /** Hands over the crops of a training set, each with a person's name or the empty string. */
  @FunctionalInterface
  interface Crops {
    void collect(ProgressListener progress, BiConsumer<String, Image> to);
  }

  /**
   * Creates it.
   *
   * @param notes is told what a user should know of the training data
   */
  EmbedderTraining(RunFolder folder, Settings settings, ProgressBars bars, Consumer<String> notes) {
    this.folder = folder;
    this.settings = settings;
    this.bars = bars;
    this.notes = notes;
  }

  /**
   * Trains, or goes on with what is in the folder.
   *
   * @param teacher whose embeddings are learned, or null to learn from names alone
   * @param sources what the crops are made of, to tell runs apart
   * @param heldOut pairs of people who are not among the crops, to measure the model with; may be
   *     empty
   * @return the model's file
   * @throws FacePipelineException if the folder was begun with other settings, or nothing can be
   *     learned
   */
  Path run(@Nullable FaceEmbedder teacher, String sources, Crops crops, List<FacePair> heldOut) {
    if (teacher == null && settings.identity() == null) {
      throw new FacePipelineException(
          "there is neither a teacher nor an identity loss; choose at least one");
    }
    Map<String, String> recipe = recipe(teacher, sources);
    folder.requireSame(recipe);
    Torch.load();
    // One thread trains while the other makes views.
    torch.set_num_threads(1);
    int dimensions = teacher == null ? settings.dimensions() : teacher.card().embeddingSize();
    // Where stages are learned, the teacher runs beside the student.
    FaceEmbedder asked = settings.stages() == null ? teacher : null;
    int taught = asked == null ? 0 : dimensions;
    Path weights = folder.out().resolve("embedder.safetensors");
    Map<String, Map<String, @Nullable Object>> figures = new LinkedHashMap<>();
    try (CropStore faces = faces(crops);
        Student student = student(dimensions);
        ViewFile views =
            ViewFile.open(folder.work().resolve("views.bin"), student.side(), taught)) {
      ViewPlan plan = new ViewPlan(faces, settings.views(), settings.seed());
      if (plan.photos().peopleLeftOut() > 0) {
        notes.accept(plan.photos().said());
      }
      TrainingLog log = train(student, plan, views, asked, dimensions, weights);
      TrainingLog.Row last = log.rows().get(log.rows().size() - 1);
      figures.put("training", Map.of("steps", last.step(), "loss", last.values().get(0)));
    }
    Checkpoint trained = Checkpoint.read(weights);
    ModelCard card = card(trained, dimensions, origin(teacher)).build();
    if (!heldOut.isEmpty()) {
      EmbedderFigures plain = figures(trained, card, heldOut, false);
      figures.put("plain", plain.values());
      figures.put("mirrored", figures(trained, card, heldOut, true).values());
      String data = "the %d pairs of held-out people, and all other pairs of their photos";
      card =
          card(trained, dimensions, origin(teacher))
              .thresholds(plain.thresholds(data.formatted(heldOut.size())))
              .build();
    }
    folder.writeCard(
        "embedder.json",
        Map.of("id", card.id(), "sha256", trained.sha256(), "recipe", recipe, "figures", figures));
    return write(trained, card);
  }

  private EmbedderFigures figures(
      Checkpoint trained, ModelCard card, List<FacePair> heldOut, boolean mirrored) {
    EmbedderOptions options = EmbedderOptions.defaults().withThreads(1).withMirrored(mirrored);
    return bars.during(
        mirrored ? "mirrored" : "held out",
        progress ->
            EmbedderFigures.of(
                DefaultModels.mtcnn().minFaceSize(LEAST_FACE).build(),
                OnnxFaceEmbedder.load(trained, card, options),
                heldOut,
                progress));
  }

  private TrainingLog train(
      Student student,
      ViewPlan plan,
      ViewFile views,
      @Nullable FaceEmbedder teacher,
      int dimensions,
      Path weights) {
    List<Lesson> lessons = new ArrayList<>();
    EmbedderTrainer.Features features = EmbedderTrainer.Features.WHOLE;
    try (ViewProducer producer = new ViewProducer(plan, teacher, views)) {
      if (teacher != null) {
        lessons.add(new Distillation());
        if (settings.relations() != null) {
          lessons.add(new HardRelations(settings.relations(), dimensions));
        }
      }
      if (settings.stages() != null) {
        StageImitation imitation = imitation(settings.stages(), dimensions);
        lessons.add(imitation);
        features = imitation::features;
      }
      if (settings.identity() != null) {
        lessons.add(identity(settings.identity(), plan, student, dimensions));
      }
      producer.start();
      EmbedderTrainer.Plan steps =
          new EmbedderTrainer.Plan(
              settings.steps(),
              settings.rate(),
              SAVE_EVERY,
              REPORT_EVERY,
              settings.fixedNorms(),
              settings.headFirst(),
              settings.seed(),
              settings.views().whitened());
      EmbedderTrainer trainer =
          new EmbedderTrainer(steps, settings.network().input(), lessons, features, folder.work());
      return bars.during(
          "steps",
          progress ->
              trainer.train(student, views, batches(plan, views, producer), weights, progress));
    } finally {
      lessons.forEach(Lesson::close);
    }
  }

  private StageImitation imitation(Checkpoint weights, int dimensions) {
    StudentNetwork network =
        StudentNetwork.of(weights)
            .filter(known -> known.input().equals(settings.network().input()))
            .orElseThrow(
                () ->
                    new FacePipelineException(
                        "the stages of "
                            + weights.file()
                            + " cannot be learned: it is of another architecture than "
                            + settings.network().name()
                            + "; name a --teacher of the --student's architecture"));
    Student teacher =
        network.student(
            dimensions, settings.half(), new SplittableRandom(settings.seed()), weights);
    return new StageImitation(teacher, settings.steps(), settings.seed());
  }

  private Lesson identity(
      IdentityLesson.Choice choice, ViewPlan plan, Student student, int dimensions) {
    SplittableRandom random = new SplittableRandom(settings.seed() + 1);
    return choice.recipe().objective() == Objective.SST_PROTOTYPE
        ? new SemiSiamese(
            plan, choice, student.parameters(), () -> student(dimensions), dimensions, random)
        : new IdentityLesson(plan, choice, dimensions, random);
  }

  /**
   * Any views of those that there are, or, for losses that compare views, some of each of several
   * people.
   */
  private EmbedderTrainer.Batches batches(ViewPlan plan, ViewFile views, ViewProducer producer) {
    IdentityLesson.Choice identity = settings.identity();
    int each =
        identity == null ? 1 : identity.recipe().objective().viewsOfAPerson(VIEWS_OF_A_PERSON);
    if (each == 1) {
      int first = Math.min(FIRST_VIEWS, plan.total());
      if (settings.views().balanced()) {
        BalancedDraw draw =
            new BalancedDraw(IntStream.range(0, plan.total()).map(plan::owner).toArray());
        return random -> {
          producer.require(first);
          return draw.draw(random, settings.batch(), views.size());
        };
      }
      return random -> {
        producer.require(first);
        return random.ints(settings.batch(), 0, views.size()).toArray();
      };
    }
    PeopleBatches people =
        new PeopleBatches(IntStream.range(0, plan.total()).map(plan::person).toArray());
    if (people.people() < 2) {
      throw new FacePipelineException(
          "there are "
              + people.people()
              + " people with several faces to compare; give more photos of each, or choose a head"
              + " that has a classifier");
    }
    int count = Math.min(settings.batch() / each, people.people());
    return random -> {
      producer.require(plan.total());
      return people.draw(random, count, each);
    };
  }

  private CropStore faces(Crops crops) {
    return bars.during(
        "faces",
        progress ->
            CropStore.open(
                folder.work().resolve("crops.rgb"),
                settings.network().input().crop(),
                to -> crops.collect(progress, to)));
  }

  /** All that the weights hang on. */
  private Map<String, String> recipe(@Nullable FaceEmbedder teacher, String sources) {
    Checkpoint from = settings.from();
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("sources", sources);
    recipe.put("teacher", teacher == null ? "nobody" : teacher.card().fingerprint());
    if (settings.identity() != null) {
      recipe.put("identity", settings.identity().toString());
    }
    if (settings.relations() != null) {
      recipe.put("hard relations", settings.relations().toString());
    }
    if (settings.stages() != null) {
      recipe.put("stages", "the teacher's");
    }
    if (teacher == null) {
      recipe.put("dimensions", String.valueOf(settings.dimensions()));
    }
    recipe.put("student", settings.network().name());
    recipe.put("from", from == null ? "random weights" : from.sha256());
    recipe.putAll(settings.views().settings());
    recipe.put("batch", String.valueOf(settings.batch()));
    recipe.put("fixed norms", String.valueOf(settings.fixedNorms()));
    recipe.put("head first", String.valueOf(settings.headFirst()));
    recipe.put("steps", String.valueOf(settings.steps()));
    recipe.put("rate", String.valueOf(settings.rate()));
    recipe.put("convolutions", settings.half() ? "bfloat16" : "float32");
    recipe.put("seed", String.valueOf(settings.seed()));
    return recipe;
  }

  private Student student(int dimensions) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    StudentNetwork network =
        settings.views().whitened() ? settings.network().onWholeCrops() : settings.network();
    Checkpoint from = settings.from();
    int given = from == null ? dimensions : network.architecture().outputSize(from);
    if (given != dimensions) {
      notes.accept(
          "the layers of the outputs begin anew: the weights to start from give "
              + given
              + " outputs, not "
              + dimensions);
    }
    return network.student(dimensions, settings.half(), random, from);
  }

  private static String origin(@Nullable FaceEmbedder teacher) {
    return teacher == null
        ? "trained to tell people apart"
        : "trained with the teacher " + teacher.card().fingerprint();
  }

  private ModelCardBuilder card(Checkpoint weights, int dimensions, String origin) {
    CatalogEntry.Input input = settings.network().input();
    ModelCardBuilder card =
        ModelCard.builder(settings.id())
            .architecture(settings.network().name())
            .embeddingSize(dimensions)
            .crop(input.crop())
            .colorOrder(input.colorOrder())
            .license("as the training photos allow")
            .origin(origin)
            .sourceSha256(weights.sha256());
    return settings.views().whitened() || input.whitened()
        ? card.whitened()
        : card.scaling(input.mean(), input.deviation());
  }

  /** Writes the model that the library runs, and its card beside it. */
  private Path write(Checkpoint weights, ModelCard card) {
    Path file = folder.out().resolve("embedder.onnx");
    try {
      WholeFile.write(
          file,
          WholeFile.Access.UMASK,
          part -> {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
              ModelFile.convert(weights, card, false, channel);
            }
          });
      Files.writeString(folder.out().resolve("embedder.card.json"), CardFile.write(card));
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the model " + file + ": " + e, e);
    }
    return file;
  }
}
