package io.facepipeline.training.mtcnn;

import com.google.common.hash.Hashing;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.Box;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.training.faces.DetectorFigures;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.ValidationPhoto;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.torch.Torch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains P-Net, then R-Net on what P-Net lets pass, then O-Net on what both let pass. A stage whose
 * network or crops are there already is not done again.
 */
final class MtcnnTraining implements AutoCloseable {
  private static final float PNET_TEACHER_SHARE = 0.75f;
  private static final float TEACHER_SHARE = 0.5f;

  /** The detector's. */
  private static final float PNET_THRESHOLD = 0.6f;

  private static final float RNET_THRESHOLD = 0.7f;

  /** Of P-Net and R-Net, lower than the detector's: what nearly passes teaches too. */
  private static final float PASSING = 0.5f;

  /** Mistakes of P-Net, or of P- and R-Net, that are kept of a view of a photo. */
  private static final int NEGATIVES = 40;

  private static final int RNET_SQUARES = 20;
  private static final int ONET_SQUARES = 28;

  private final List<LabelledPhoto> photos;
  private final @Nullable Teacher teacher;
  private final WorkFolder folder;
  private final Settings settings;
  private final Workers workers;
  private final CropRun run;
  private final ProgressBars bars;

  /**
   * What a user decides.
   *
   * @param seed decides all that is left to chance
   * @param effort steps of training, as a multiple of the usual number
   * @param threads for all but the steps of training, which take one
   */
  record Settings(long seed, double effort, int threads) {}

  MtcnnTraining(
      List<LabelledPhoto> photos,
      @Nullable Teacher teacher,
      WorkFolder folder,
      Settings settings,
      ProgressBars bars) {
    this.photos = List.copyOf(photos);
    this.teacher = teacher;
    this.folder = folder;
    this.settings = settings;
    this.bars = bars;
    workers = new Workers(settings.threads());
    run = new CropRun(photos, workers);
  }

  /** Trains what is not there yet. */
  void run() {
    folder.run().requireSame(recipe());
    if (Files.exists(folder.result(Stage.ONET))) {
      return;
    }
    Torch.load();
    // Networks as small as these gain nothing from more.
    torch.set_num_threads(1);
    MtcnnStages taught = teacher == null ? null : teacher.stages();
    List<TrueFaces> truth = truth();
    train(Stage.PNET, truth, () -> new PnetCrops(taught, PNET_TEACHER_SHARE));
    calibrate(Stage.PNET, truth);
    Checkpoint pnet = Checkpoint.read(folder.result(Stage.PNET));
    List<List<List<Box>>> proposals;
    try (MtcnnStages student = new MtcnnStages(pnet, null, null)) {
      proposals = proposals(student);
      CandidateCrops.Settings crops =
          new CandidateCrops.Settings(RNET_SQUARES, NEGATIVES, PASSING, TEACHER_SHARE);
      train(
          Stage.RNET,
          truth,
          () -> new CandidateCrops(Stage.RNET, proposals, student, taught, crops));
    }
    calibrate(Stage.RNET, truth);
    Checkpoint rnet = Checkpoint.read(folder.result(Stage.RNET));
    try (MtcnnStages student = new MtcnnStages(pnet, rnet, null)) {
      CandidateCrops.Settings crops =
          new CandidateCrops.Settings(ONET_SQUARES, NEGATIVES, PASSING, TEACHER_SHARE);
      train(
          Stage.ONET,
          truth,
          () -> new CandidateCrops(Stage.ONET, proposals, student, taught, crops));
    }
    write(Stage.ONET, 0);
  }

  /** Moves a network's logits so that it finds what the teacher's does with as few candidates. */
  private void calibrate(Stage stage, List<TrueFaces> truth) {
    if (Files.exists(folder.result(stage))) {
      return;
    }
    if (teacher == null) {
      write(stage, 0);
      return;
    }
    StageRecall recall = new StageRecall(photos, truth, settings.seed(), workers);
    MtcnnStages taught = teacher.stages();
    Checkpoint trained = Checkpoint.read(folder.trained(stage));
    boolean first = stage == Stage.PNET;
    Checkpoint pnet = first ? trained : Checkpoint.read(folder.result(Stage.PNET));
    float threshold = first ? PNET_THRESHOLD : RNET_THRESHOLD;
    try (MtcnnStages student = new MtcnnStages(pnet, first ? null : trained, null)) {
      StageRecall.Passed model =
          recall.passed(
              first ? recall.proposals(taught) : recall.refined(taught, PNET_THRESHOLD), threshold);
      double shift =
          recall.shift(
              first ? recall.proposals(student) : recall.refined(student, PNET_THRESHOLD),
              threshold,
              model);
      write(stage, shift);
    }
  }

  /** Gives a trained network its place, with a number added to its logits. */
  private void write(Stage stage, double shift) {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(Checkpoint.read(folder.trained(stage)).tensors());
    tensors.computeIfPresent(
        stage.classBias(),
        (name, bias) -> {
          float[] values = bias.floats();
          values[1] += (float) shift;
          return Tensor.of(bias.shape(), values);
        });
    Checkpoint.of(tensors).write(folder.result(stage));
  }

  /**
   * Measures the networks, and the teacher too, on what was kept out of the training.
   *
   * @param detection photos in which every face is marked
   * @param landmarks photos with marked landmarks
   * @param detectionName how the names of the first's figures begin
   * @param landmarkName how those of the others begin
   * @return the figures by name, for each detector by name
   */
  Map<String, Map<String, Double>> measure(
      List<ValidationPhoto> detection,
      List<ValidationPhoto> landmarks,
      String detectionName,
      String landmarkName) {
    Map<String, Map<String, Double>> figures = new TreeMap<>();
    try (Mtcnn trained =
        Mtcnn.builder()
            .weights(
                folder.result(Stage.PNET), folder.result(Stage.RNET), folder.result(Stage.ONET))
            .parallelism(1)
            .build()) {
      figures.put(
          "trained",
          DetectorFigures.of(trained, detection, landmarks, workers)
              .values(detectionName, landmarkName));
    }
    if (teacher != null) {
      try (Mtcnn published = teacher.detector()) {
        figures.put(
            "teacher",
            DetectorFigures.of(published, detection, landmarks, workers)
                .values(detectionName, landmarkName));
      }
    }
    return figures;
  }

  /** {@return the loss at the end of each network's training, as far as its log is there} */
  Map<String, Double> losses() {
    Map<String, Double> losses = new TreeMap<>();
    for (Stage stage : Stage.values()) {
      StageTrainer.lastLoss(stage, folder.run().work())
          .ifPresent(loss -> losses.put(stage.id() + "Loss", loss));
    }
    return losses;
  }

  /** Writes what the networks were made from and how good they are. */
  void writeCard(Map<String, Map<String, Double>> figures) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("architecture", "MTCNN (Zhang et al. 2016)");
    card.put("recipe", recipe());
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Stage stage : Stage.values()) {
      hashes.put(stage.id(), Checkpoint.sha256(folder.result(stage)));
    }
    card.put("sha256", hashes);
    card.put("figures", figures);
    folder.run().writeCard("mtcnn.json", card);
  }

  /** All that the networks hang on. */
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
    recipe.put("teacher", teacher == null ? "none" : teacher.sha256());
    recipe.put("seed", String.valueOf(settings.seed()));
    recipe.put("effort", String.valueOf(settings.effort()));
    return recipe;
  }

  /** What the photos show, as it was found out once. */
  private List<TrueFaces> truth() {
    return folder
        .run()
        .kept(
            "truth.json",
            new TypeToken<List<TrueFaces>>() {},
            () -> bars.during("faces", progress -> run.truth(teacher, progress)));
  }

  private List<List<List<Box>>> proposals(MtcnnStages student) {
    return folder
        .run()
        .kept(
            "proposals.json",
            new TypeToken<List<List<List<Box>>>>() {},
            () ->
                bars.during(
                    "proposals",
                    progress -> run.proposals(student, PASSING, settings.seed(), progress)));
  }

  private void train(Stage stage, List<TrueFaces> truth, Supplier<CropMaker> maker) {
    if (Files.exists(folder.trained(stage)) || Files.exists(folder.result(stage))) {
      return;
    }
    if (!Files.exists(folder.crops(stage))) {
      // Another seed for each stage, so that a photo is not treated alike in all.
      long seed = settings.seed() + stage.side();
      bars.during(
          stage.id() + " crops",
          progress -> run.crops(maker.get(), truth, seed, folder.crops(stage), progress));
    }
    // Batches so small that no tensor has 32 MiB: glibc asks the system for each that is larger.
    StageTrainer.Plan plan =
        switch (stage) {
          case PNET -> new StageTrainer.Plan(steps(16_000), 512, 3e-3, 1000, settings.seed());
          case RNET -> new StageTrainer.Plan(steps(9_000), 256, 2e-3, 500, settings.seed());
          case ONET -> new StageTrainer.Plan(steps(12_000), 64, 1e-3, 500, settings.seed());
        };
    try (CropFile crops = CropFile.open(folder.crops(stage), stage.side())) {
      bars.during(
          stage.id() + " steps",
          progress ->
              new StageTrainer(stage, plan, folder.run().work())
                  .train(crops, folder.trained(stage), progress));
    }
    folder.deleteCrops(stage);
  }

  private int steps(int usual) {
    return (int) Math.max(1, Math.round(settings.effort() * usual));
  }

  @Override
  public void close() {
    workers.close();
  }
}
