package io.facepipeline.training.mtcnn;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.Workers;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.detection.MtcnnStages;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains P-Net, then R-Net on what P-Net lets pass, then O-Net on what both let pass. A stage whose
 * network or crops are there already is not done again.
 */
final class MtcnnTraining {
  private static final float PNET_TEACHER_SHARE = 0.75f;
  private static final float TEACHER_SHARE = 0.5f;

  /** Of P-Net and R-Net, lower than the detector's: what nearly passes teaches too. */
  private static final float PASSING = 0.5f;

  private final CropRun run;
  private final @Nullable Teacher teacher;
  private final Path out;
  private final long seed;
  private final double effort;
  private final Workers workers;

  MtcnnTraining(
      List<LabelledPhoto> photos,
      @Nullable Teacher teacher,
      Path out,
      long seed,
      double effort,
      int threads) {
    workers = new Workers(threads);
    run = new CropRun(photos, workers);
    this.teacher = teacher;
    this.out = out;
    this.seed = seed;
    this.effort = effort;
  }

  void run() {
    Torch.load();
    // Networks as small as these gain nothing from more.
    torch.set_num_threads(1);
    List<TrueFaces> truth = truth();
    System.err.println("faces: " + truth.stream().mapToInt(t -> t.faces().size()).sum());
    MtcnnStages taught = teacher == null ? null : teacher.stages();
    stage(Stage.PNET, () -> new PnetCrops(taught, PNET_TEACHER_SHARE), truth);
    if (Files.exists(result(Stage.ONET))) {
      return;
    }
    Checkpoint pnet = Checkpoint.read(result(Stage.PNET));
    List<List<List<Box>>> proposals;
    try (MtcnnStages student = new MtcnnStages(pnet, null, null)) {
      proposals = proposals(student);
      CandidateCrops.Settings settings =
          new CandidateCrops.Settings(20, 40, PASSING, TEACHER_SHARE);
      stage(
          Stage.RNET,
          () -> new CandidateCrops(Stage.RNET, proposals, student, taught, settings),
          truth);
    }
    try (MtcnnStages student = new MtcnnStages(pnet, Checkpoint.read(result(Stage.RNET)), null)) {
      CandidateCrops.Settings settings =
          new CandidateCrops.Settings(28, 40, PASSING, TEACHER_SHARE);
      stage(
          Stage.ONET,
          () -> new CandidateCrops(Stage.ONET, proposals, student, taught, settings),
          truth);
    }
  }

  /** What the photos show, as it was found out once. */
  private List<TrueFaces> truth() {
    return kept(
        "truth.json", new TypeToken<List<TrueFaces>>() {}, () -> run.truth(teacher, said("faces")));
  }

  private List<List<List<Box>>> proposals(MtcnnStages student) {
    return kept(
        "proposals.json",
        new TypeToken<List<List<List<Box>>>>() {},
        () -> run.proposals(student, PASSING, seed, said("proposals")));
  }

  /** What a file of the working folder holds; made and written there first if it is missing. */
  private <T> T kept(String name, TypeToken<T> type, Supplier<T> maker) {
    Path file = out.resolve("work").resolve(name);
    try {
      if (Files.exists(file)) {
        return new Gson().fromJson(Files.readString(file), type);
      }
      T made = maker.get();
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path unfinished = file.resolveSibling(name + ".unfinished");
      Files.writeString(unfinished, new Gson().toJson(made));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      return made;
    } catch (IOException | JsonParseException e) {
      throw new FacePipelineException(
          "cannot use " + file + "; delete it to have it made again: " + e, e);
    }
  }

  /** Measures the networks, and the teacher too, on what was kept out of the training. */
  void measure(ResearchPhotos photos) {
    try (Mtcnn trained =
        Mtcnn.builder()
            .weights(result(Stage.PNET), result(Stage.RNET), result(Stage.ONET))
            .parallelism(1)
            .build()) {
      System.out.println("trained   " + DetectorFigures.of(trained, photos, workers).values());
    }
    if (teacher != null) {
      try (Mtcnn published = teacher.detector()) {
        System.out.println("published " + DetectorFigures.of(published, photos, workers).values());
      }
    }
  }

  private Path result(Stage stage) {
    return out.resolve(stage.id() + ".safetensors");
  }

  private void stage(Stage stage, Supplier<CropMaker> maker, List<TrueFaces> truth) {
    if (Files.exists(result(stage))) {
      return;
    }
    Path work = out.resolve("work");
    Path file = work.resolve(stage.id() + ".crops");
    if (!Files.exists(file)) {
      run.crops(maker.get(), truth, seed + stage.side(), file, said(stage.id() + " crops"));
    }
    StageTrainer.Plan plan =
        switch (stage) {
          case PNET -> new StageTrainer.Plan(steps(24_000), 512, 3e-3, 1000, seed);
          case RNET -> new StageTrainer.Plan(steps(12_000), 256, 2e-3, 500, seed);
          case ONET -> new StageTrainer.Plan(steps(10_000), 128, 1.5e-3, 250, seed);
        };
    try (CropFile crops = CropFile.open(file, stage.side())) {
      System.err.println(stage.id() + " crops: " + crops.size());
      new StageTrainer(stage, plan, work)
          .train(crops, result(stage), Map.of(), said(stage.id() + " steps"));
    }
  }

  private int steps(int usual) {
    return (int) Math.max(1, Math.round(effort * usual));
  }

  private static ProgressListener said(String what) {
    long[] last = {System.nanoTime()};
    return (done, total, item) -> {
      if (System.nanoTime() - last[0] > 5_000_000_000L || done == total) {
        last[0] = System.nanoTime();
        System.err.println(what + " " + done + "/" + total);
      }
    };
  }
}
