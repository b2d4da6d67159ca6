package io.facepipeline.training.detector;

import com.google.common.hash.Hashing;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.training.data.PhotoStore;
import io.facepipeline.training.faces.DetectorFigures;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import io.facepipeline.training.faces.TruthMaker;
import io.facepipeline.training.faces.ValidationPhoto;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.torch.Torch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Makes a detector of labelled photos. What is there already is not done again. */
final class DetectorTraining implements AutoCloseable {
  private static final int PHOTOS_AT_A_TIME = 32;
  private static final int SAVE_EVERY = 200;

  /** For the figures: the curve goes on to hesitant finds. */
  private static final float LEAST_SCORE = 0.02f;

  /** Longer sides of photos are brought to this many pixels. */
  private static final int LONGEST_SIDE = 768;

  /** How much oftener a photo is seen whose faces were all marked: it shows what is none too. */
  private static final double COMPLETE_SHARE = 5;

  private final List<LabelledPhoto> photos;
  private final RunFolder folder;
  private final Settings settings;
  private final Workers workers;
  private final ProgressBars bars;

  /**
   * What a user decides.
   *
   * @param teachers the names of the teachers, none to train on the labels alone
   * @param start where the weights to start from are, or null for random ones
   * @param side the width and height of a view
   * @param steps how many steps
   * @param batch views of a step
   * @param rate the highest learning rate
   * @param half whether convolutions are computed in bfloat16
   * @param seed decides all that is left to chance
   * @param threads how many threads
   * @param maps the YuNet whose cells are learned, or null
   */
  record Settings(
      List<String> teachers,
      @Nullable Path start,
      int side,
      int steps,
      int batch,
      double rate,
      boolean half,
      long seed,
      int threads,
      @Nullable Path maps) {}

  DetectorTraining(
      List<LabelledPhoto> photos, RunFolder folder, Settings settings, ProgressBars bars) {
    this.photos = List.copyOf(photos);
    this.folder = folder;
    this.settings = settings;
    this.bars = bars;
    workers = new Workers(settings.threads());
  }

  Path weights() {
    return folder.out().resolve("detector.safetensors");
  }

  /** {@return the detector's file} */
  Path model() {
    return folder.out().resolve("detector.onnx");
  }

  /** Trains what is not there yet. */
  void run(@Nullable Teachers teachers) {
    folder.requireSame(recipe());
    if (!Files.exists(weights())) {
      Torch.load();
      torch.set_num_threads(settings.threads());
      train(shown(teachers));
    }
    export(Checkpoint.read(weights()), model());
  }

  /** Writes the detector that runs. */
  static void export(Checkpoint weights, Path file) {
    byte[] model = OnnxFile.write(CpuRewrites.apply(ScanNetwork.graph(weights)));
    try {
      WholeFile.write(file, WholeFile.Access.UMASK, model);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }

  /**
   * What a photo shows.
   *
   * @param width the photo's width in pixels
   * @param height its height
   * @param truth what it shows, in its pixels
   */
  private record Shown(int width, int height, TrueFaces truth) {
    private static Box scaled(Box box, float scale) {
      return new Box(box.x1() * scale, box.y1() * scale, box.x2() * scale, box.y2() * scale);
    }

    /** {@return what it shows in another size} */
    TrueFaces at(int newWidth) {
      float scale = (float) newWidth / width;
      List<TrueFace> faces = new ArrayList<>();
      for (TrueFace face : truth.faces()) {
        faces.add(new TrueFace(scaled(face.box(), scale), scaled(face.landmarks(), scale)));
      }
      return new TrueFaces(faces, truth.ignored().stream().map(box -> scaled(box, scale)).toList());
    }

    private static @Nullable Landmarks scaled(@Nullable Landmarks landmarks, float scale) {
      if (landmarks == null) {
        return null;
      }
      float[] xy = new float[10];
      int at = 0;
      for (Point point : landmarks.points()) {
        xy[at++] = point.x() * scale;
        xy[at++] = point.y() * scale;
      }
      return Landmarks.of(xy);
    }
  }

  /** What the photos show, as it was found out once. */
  private List<Shown> shown(@Nullable Teachers teachers) {
    return folder.kept(
        "truth.json",
        new TypeToken<List<Shown>>() {},
        () -> bars.during("faces", progress -> look(teachers, progress)));
  }

  private List<Shown> look(@Nullable Teachers teachers, ProgressListener progress) {
    List<List<Face>> found = new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    int[][] sizes = new int[photos.size()][];
    for (int from = 0; from < photos.size(); from += PHOTOS_AT_A_TIME) {
      int start = from;
      int count = Math.min(PHOTOS_AT_A_TIME, photos.size() - start);
      workers.forEach(
          count,
          i -> {
            Image photo = Image.read(photos.get(start + i).file());
            sizes[start + i] = new int[] {photo.width(), photo.height()};
            if (teachers != null) {
              found.set(start + i, teachers.detect(photo));
            }
          });
      progress.progress(start + count, photos.size(), "photos");
    }
    List<TrueFaces> truth =
        TruthMaker.combine(
            photos,
            teachers == null ? List.of() : found,
            teachers == null ? TruthMaker.SURE : teachers.sure());
    List<Shown> shown = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      shown.add(new Shown(sizes[i][0], sizes[i][1], truth.get(i)));
    }
    return shown;
  }

  private static Image small(Image photo) {
    int longer = Math.max(photo.width(), photo.height());
    return longer <= LONGEST_SIDE
        ? photo
        : photo.resized(
            Math.max(1, photo.width() * LONGEST_SIDE / longer),
            Math.max(1, photo.height() * LONGEST_SIDE / longer));
  }

  private void train(List<Shown> shown) {
    try (PhotoStore store =
        bars.during(
            "photos",
            progress ->
                PhotoStore.open(
                    folder.work().resolve("photos.rgb"),
                    photos.size(),
                    i -> small(Image.read(photos.get(i).file())),
                    progress))) {
      List<TrueFaces> truth = new ArrayList<>();
      List<Double> shares = new ArrayList<>();
      for (int i = 0; i < photos.size(); i++) {
        truth.add(shown.get(i).at(store.width(i)));
        shares.add(photos.get(i).complete() ? COMPLETE_SHARE : 1);
      }
      ViewMaker views = new ViewMaker(store, truth, shares, settings.side());
      DetectorTrainer.Plan plan =
          new DetectorTrainer.Plan(
              settings.steps(),
              settings.batch(),
              settings.rate(),
              SAVE_EVERY,
              settings.half(),
              settings.seed());
      Checkpoint start = settings.start() == null ? null : Checkpoint.read(settings.start());
      try (TeacherMaps maps =
          settings.maps() == null ? null : new TeacherMaps(settings.maps(), settings.side())) {
        bars.during(
            "steps",
            progress -> {
              new DetectorTrainer(plan, views, folder.work(), maps)
                  .train(start, weights(), progress);
              return true;
            });
      }
    }
  }

  /**
   * Measures the detector on what was kept out of the training.
   *
   * @param detection photos in which every face is marked
   * @param landmarks photos with marked landmarks
   * @param detectionName how the names of the first's figures begin
   * @param landmarkName how those of the others begin
   * @return the figures by name
   */
  Map<String, Double> measure(
      List<ValidationPhoto> detection,
      List<ValidationPhoto> landmarks,
      String detectionName,
      String landmarkName) {
    try (FaceDetector trained =
        DetectorModel.of(model()).withScoreThreshold(LEAST_SCORE).withParallelism(1).open()) {
      return DetectorFigures.of(trained, detection, landmarks, workers)
          .values(detectionName, landmarkName);
    }
  }

  /** {@return the loss at the end of the training, as far as its log is there} */
  Map<String, Double> losses() {
    TrainingLog log = DetectorTrainer.log(folder.work());
    Map<String, Double> losses = new TreeMap<>();
    if (!log.rows().isEmpty()) {
      for (String column : List.of("loss", "score", "box", "landmarks")) {
        double[] values = log.column(column);
        losses.put(column, values[values.length - 1]);
      }
    }
    return losses;
  }

  /** Writes what the detector was made from and how good it is. */
  void writeCard(Map<String, Map<String, Double>> figures) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("architecture", "Scan");
    card.put("recipe", recipe());
    card.put("sha256", Checkpoint.read(weights()).sha256());
    card.put("figures", figures);
    folder.writeCard("detector.json", card);
  }

  private Map<String, String> recipe() {
    Map<String, String> recipe = new LinkedHashMap<>();
    TreeSet<String> sources = new TreeSet<>();
    StringBuilder labels = new StringBuilder();
    for (LabelledPhoto photo : photos) {
      sources.add(photo.source());
      labels.append(photo.file().getFileName()).append(photo.faces()).append('\n');
    }
    recipe.put("sources", String.join(", ", sources));
    recipe.put("photos", String.valueOf(photos.size()));
    recipe.put("labels", Hashing.sha256().hashString(labels, StandardCharsets.UTF_8).toString());
    recipe.put(
        "teachers",
        settings.teachers().isEmpty() ? "none" : String.join(", ", settings.teachers()));
    Path start = settings.start();
    recipe.put("start", start == null ? "random" : Checkpoint.read(start).sha256());
    recipe.put("views", "some tilted, dark or masked");
    recipe.put("side", String.valueOf(settings.side()));
    recipe.put("steps", String.valueOf(settings.steps()));
    recipe.put("batch", String.valueOf(settings.batch()));
    recipe.put("rate", String.valueOf(settings.rate()));
    recipe.put("bfloat16", String.valueOf(settings.half()));
    if (settings.maps() != null) {
      recipe.put("cells", "the first teacher's");
    }
    recipe.put("seed", String.valueOf(settings.seed()));
    return recipe;
  }

  @Override
  public void close() {
    workers.close();
  }
}
