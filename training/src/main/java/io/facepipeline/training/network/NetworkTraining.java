package io.facepipeline.training.network;

import com.google.gson.reflect.TypeToken;
import io.facepipeline.Image;
import io.facepipeline.evaluation.Table;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.training.network.LearningCurve.Epoch;
import io.facepipeline.training.network.PhotoSet.Use;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** From a folder per class to a model: squares, trainings of folds, the training, the ONNX file. */
final class NetworkTraining {
  private static final int SPLIT = 1;
  private static final int FOLDS = 2;
  private static final int WEIGHTS = 3;
  private static final int BATCHES = 4;
  private static final int CHANGES = 5;

  /** How many photos tell how large a network's features are. */
  private static final int MEASURED = 64;

  private final RunFolder folder;
  private final Settings settings;
  private final ProgressBars bars;
  private final Consumer<String> said;

  /**
   * What came out.
   *
   * @param model the ONNX file
   * @param leftOut the photos that were not used
   */
  record Result(Path model, List<LeftOut> leftOut) {}

  /** A training, measured. */
  private record Trained(Epoch best, Checkpoint weights, Path model) {}

  /**
   * Creates it.
   *
   * @param said is told the figures in words
   */
  NetworkTraining(RunFolder folder, Settings settings, ProgressBars bars, Consumer<String> said) {
    this.folder = folder;
    this.settings = settings;
    this.bars = bars;
    this.said = said;
  }

  /**
   * Trains, or goes on with what is in the folder.
   *
   * @param folders photos to train on, and maybe to validate and to test with
   * @throws io.facepipeline.FacePipelineException if the folder was begun with other settings or
   *     photos, or there are too few photos of a class
   */
  Result run(Map<Use, ClassFolder> folders) {
    Map<String, String> recipe = settings.recipe();
    recipe.put("photos", PhotoSet.fingerprint(PhotoSet.list(folders)));
    folder.requireSame(recipe);
    Torch.load();
    // One thread makes views while the others train.
    torch.set_num_threads(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    try (PhotoSet photos = photos(folders)) {
      Confusion.write(folder.out().resolve("left-out.csv"), LeftOut.table(photos.leftOut()));
      // Before the first of several trainings: what cannot be divided is known now.
      Parts parts = parts(photos, photos.of(Use.TRAINING), photos.of(Use.TEST));
      List<Parts> folds = folds(photos);
      int epochs = epochs(photos, parts, 1 + folds.size());
      Map<String, @Nullable Object> figures = new LinkedHashMap<>();
      if (!folds.isEmpty()) {
        figures.put("folds", inFolds(photos, folds, epochs, recipe));
      }
      Trained trained = train(photos, parts, epochs, folder, "training");
      figures.put("validation", measured(photos, parts.validation(), trained, "validation"));
      said.accept("  those photos chose epoch " + trained.best().number() + " of " + epochs);
      if (!parts.test().isEmpty()) {
        figures.put("test", measured(photos, parts.test(), trained, "test"));
      }
      folder.writeCard(
          "classifier.json",
          Map.of(
              "id", settings.id(),
              "labels", photos.labels(),
              "sha256", trained.weights().sha256(),
              "recipe", recipe,
              "epochs", epochs,
              "bestEpoch", trained.best().number(),
              "figures", figures));
      return new Result(trained.model(), photos.leftOut());
    }
  }

  private PhotoSet photos(Map<Use, ClassFolder> folders) {
    CatalogEntry.Input input = settings.start().input();
    try (PhotoCutter cutter = new PhotoCutter(settings.look(), input)) {
      return bars.during(
          "photos",
          progress -> PhotoSet.open(folder.work(), input.width(), cutter, folders, progress));
    }
  }

  /** The photos to learn from, without those that validate. */
  private Parts parts(PhotoSet photos, List<Integer> training, List<Integer> test) {
    List<Integer> given = photos.of(Use.VALIDATION);
    if (!given.isEmpty()) {
      return new Parts(training, given, test);
    }
    List<Integer> validation =
        Parts.share(
            training,
            photos.allLabels(),
            photos.labels(),
            settings.validation(),
            settings.seedOf(SPLIT));
    return new Parts(Parts.without(training, validation), validation, test);
  }

  private List<Parts> folds(PhotoSet photos) {
    if (settings.folds() == 0) {
      return List.of();
    }
    List<Integer> all = photos.of(Use.TRAINING);
    return Parts.folds(
            all, photos.allLabels(), photos.labels(), settings.folds(), settings.seedOf(FOLDS))
        .stream()
        .map(fold -> parts(photos, Parts.without(all, fold), fold))
        .toList();
  }

  /** Trains once for each fold, on the others, and measures with what no training has seen. */
  private Map<String, @Nullable Object> inFolds(
      PhotoSet photos, List<Parts> folds, int epochs, Map<String, String> recipe) {
    Confusion all = new Confusion(photos.labels());
    List<List<String>> rows = new ArrayList<>();
    List<List<String>> predictions = new ArrayList<>();
    List<Double> accuracies = new ArrayList<>();
    for (int i = 0; i < folds.size(); i++) {
      String name = "fold " + (i + 1) + " of " + folds.size();
      RunFolder own = new RunFolder(folder.out().resolve("folds").resolve(String.valueOf(i + 1)));
      own.requireSame(recipe);
      Trained trained = train(photos, folds.get(i), epochs, own, name);
      Confusion fold = told(photos, folds.get(i).test(), trained.model(), predictions);
      all.add(fold);
      accuracies.add(fold.accuracy());
      rows.add(
          List.of(
              String.valueOf(i + 1),
              String.valueOf(fold.photos()),
              String.valueOf(fold.correct()),
              String.format(Locale.ROOT, "%.4f", fold.accuracy()),
              String.valueOf(trained.best().number())));
    }
    Path out = folder.out();
    List<String> columns = List.of("fold", "photos", "correct", "accuracy", "epoch");
    Confusion.write(out.resolve("folds.csv"), new Table(columns, rows));
    all.write(out, "folds-confusion");
    Confusion.write(out.resolve("folds-predictions.csv"), predictions(predictions));
    double least = accuracies.stream().mapToDouble(a -> a).min().orElseThrow();
    double most = accuracies.stream().mapToDouble(a -> a).max().orElseThrow();
    said.accept(
        String.format(
            Locale.ROOT,
            "%d folds: %s, %.1f to %.1f %% in a fold",
            folds.size(),
            all.said(),
            100 * least,
            100 * most));
    Map<String, @Nullable Object> values = all.values();
    values.put("accuracies", accuracies);
    return values;
  }

  private Map<String, @Nullable Object> measured(
      PhotoSet photos, List<Integer> part, Trained trained, String name) {
    List<List<String>> predictions = new ArrayList<>();
    Confusion confusion = told(photos, part, trained.model(), predictions);
    confusion.write(folder.out(), name + "-confusion");
    Confusion.write(folder.out().resolve(name + "-predictions.csv"), predictions(predictions));
    said.accept(name + ": " + confusion.said());
    return confusion.values();
  }

  private static Table predictions(List<List<String>> rows) {
    return new Table(List.of("photo", "shown", "predicted", "probability"), rows);
  }

  /** Runs the exported model, so that the figures are those of the file. */
  private static Confusion told(
      PhotoSet photos, List<Integer> part, Path model, List<List<String>> predictions) {
    Confusion confusion = new Confusion(photos.labels());
    try (ClassifierModel classifier = ClassifierModel.load(model)) {
      for (int photo : part) {
        float[] probabilities = classifier.probabilities(photos.square(photo));
        int told = 0;
        for (int c = 1; c < probabilities.length; c++) {
          told = probabilities[c] > probabilities[told] ? c : told;
        }
        confusion.add(photos.label(photo), told);
        predictions.add(
            List.of(
                photos.file(photo).toString(),
                photos.labels().get(photos.label(photo)),
                photos.labels().get(told),
                String.format(Locale.ROOT, "%.4f", probabilities[told])));
      }
    }
    return confusion;
  }

  /** The weights that a training starts with. */
  private Checkpoint first(PhotoSet photos, List<Integer> training) {
    Classifier network = settings.start().network();
    int side = settings.start().input().width();
    SplittableRandom random = new SplittableRandom(settings.seedOf(WEIGHTS));
    Checkpoint weights = settings.start().weights();
    int classes = photos.labels().size();
    try (Student base =
        new Student(
            network.withoutHead(),
            new Student.Form(network.features(), side, false),
            random,
            weights)) {
      if (weights == null) {
        return network.withHead(base.checkpoint(), classes, 1);
      }
      base.load(weights);
      return network.withHead(base.checkpoint(), classes, 1 / size(base, photos, training));
    }
  }

  /** The root of the mean square of what a network knows of photos. */
  @SuppressWarnings("try") // the scopes are used by closing them
  private float size(Student base, PhotoSet photos, List<Integer> training) {
    List<Image> squares = training.stream().limit(MEASURED).map(photos::square).toList();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor images = new InputTensors(settings.start().input()).of(Batches.pixels(squares));
      double sum = 0;
      float[] features = Tensors.values(base.forward(images, false));
      for (float feature : features) {
        sum += (double) feature * feature;
      }
      return (float) Math.max(1e-6, Math.sqrt(sum / features.length));
    }
  }

  private Student student(Checkpoint first, int classes) {
    Student student =
        new Student(
            settings.start().network(),
            new Student.Form(classes, settings.start().input().width(), false),
            new SplittableRandom(0),
            first);
    try {
      student.load(first);
      return student;
    } catch (RuntimeException e) {
      student.close();
      throw e;
    }
  }

  /** How many epochs there are, which is decided once where minutes are given. */
  private int epochs(PhotoSet photos, Parts parts, int trainings) {
    Double minutes = settings.length().minutes();
    if (minutes == null) {
      return settings.length().epochs();
    }
    return folder.kept(
        "epochs.json",
        new TypeToken<Integer>() {},
        () -> {
          Checkpoint first = first(photos, parts.training());
          try (Student tried = student(first, photos.labels().size())) {
            double seconds =
                trainer(photos, parts, 1, folder).secondsPerEpoch(tried, parts.validation())
                    * trainings;
            return (int) Math.max(1 + settings.length().frozen(), 60 * minutes / seconds);
          }
        });
  }

  private NetworkTrainer trainer(PhotoSet photos, Parts parts, int epochs, RunFolder own) {
    Settings.Rates rates = settings.rates();
    NetworkTrainer.Plan plan =
        new NetworkTrainer.Plan(
            epochs, settings.length().frozen(), rates.rate(), rates.wholeRate());
    Batches batches =
        new Batches(
            photos,
            parts.training(),
            settings.batch(),
            settings.changes().augmentation(settings.seedOf(CHANGES)),
            settings.balance() == Settings.Balance.SAMPLING,
            settings.seedOf(BATCHES));
    return new NetworkTrainer(
        plan,
        photos,
        batches,
        new InputTensors(settings.start().input()),
        new CrossEntropy(weights(photos, parts.training()), rates.smoothing()),
        own.out());
  }

  private Trained train(PhotoSet photos, Parts parts, int epochs, RunFolder own, String name) {
    Checkpoint first = first(photos, parts.training());
    int classes = photos.labels().size();
    Path best = own.out().resolve("classifier.safetensors");
    Epoch epoch;
    try (Student network = student(first, classes);
        Student averaged = student(first, classes)) {
      epoch =
          bars.during(
              name,
              progress ->
                  trainer(photos, parts, epochs, own)
                      .train(network, averaged, parts.validation(), best, progress));
    }
    Checkpoint weights = Checkpoint.read(best);
    Path model = own.out().resolve("classifier.onnx");
    ClassifierModel.write(settings.start().network(), weights, card(photos, weights), model);
    return new Trained(epoch, weights, model);
  }

  /** How much a photo of each class counts; the mean over the photos is 1. */
  private float[] weights(PhotoSet photos, List<Integer> training) {
    float[] weights = new float[photos.labels().size()];
    if (settings.balance() != Settings.Balance.WEIGHTS) {
      Arrays.fill(weights, 1);
      return weights;
    }
    int[] counts = new int[weights.length];
    for (int photo : training) {
      counts[photos.label(photo)]++;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) training.size() / (weights.length * counts[i]);
    }
    return weights;
  }

  private ClassesCard card(PhotoSet photos, Checkpoint weights) {
    CatalogEntry.Input input = settings.start().input();
    return new ClassesCard(
        settings.id(),
        settings.start().network().name(),
        settings.look() == Look.PICTURES ? Optional.empty() : Optional.of(settings.attribute()),
        input.width(),
        Optional.ofNullable(input.rule()),
        photos.labels(),
        input.colorOrder(),
        input.mean(),
        input.deviation(),
        input.whitened(),
        "as the training photos allow",
        "trained from " + settings.start().name(),
        weights.sha256());
  }
}
