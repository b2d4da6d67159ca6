package io.facepipeline.training.mtcnn;

import io.facepipeline.ProgressListener;
import io.facepipeline.Workers;
import io.facepipeline.detection.MtcnnStages;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains P-Net, then R-Net on what P-Net lets pass, then O-Net on what both let pass. A stage whose
 * network or crops are there already is not done again.
 */
final class MtcnnTraining {
  private static final float PNET_TEACHER_SHARE = 0.75f;
  private static final float TEACHER_SHARE = 0.5f;

  private final CropRun run;
  private final @Nullable Teacher teacher;
  private final Path out;
  private final long seed;
  private final double effort;
  private final Workers workers;
  private final int threads;

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
    this.threads = threads;
  }

  void run() {
    Torch.load();
    torch.set_num_threads(threads);
    List<TrueFaces> truth = run.truth(teacher, said("faces"));
    System.err.println("faces: " + truth.stream().mapToInt(t -> t.faces().size()).sum());
    MtcnnStages taught = teacher == null ? null : teacher.stages();
    stage(Stage.PNET, truth, student -> new PnetCrops(taught, PNET_TEACHER_SHARE), null);
    try (MtcnnStages student =
        new MtcnnStages(Checkpoint.read(result(Stage.PNET)), null, null)) {
      CandidateCrops.Settings settings =
          new CandidateCrops.Settings(2, 20, 40, 0.5f, TEACHER_SHARE);
      stage(
          Stage.RNET,
          truth,
          s -> new CandidateCrops(Stage.RNET, s, taught, settings),
          student);
    }
    try (MtcnnStages student =
        new MtcnnStages(
            Checkpoint.read(result(Stage.PNET)), Checkpoint.read(result(Stage.RNET)), null)) {
      CandidateCrops.Settings settings =
          new CandidateCrops.Settings(3, 24, 40, 0.5f, TEACHER_SHARE);
      stage(
          Stage.ONET,
          truth,
          s -> new CandidateCrops(Stage.ONET, s, taught, settings),
          student);
    }
  }

  private Path result(Stage stage) {
    return out.resolve(stage.id() + ".safetensors");
  }

  private void stage(
      Stage stage,
      List<TrueFaces> truth,
      Function<@Nullable MtcnnStages, CropMaker> maker,
      @Nullable MtcnnStages student) {
    if (Files.exists(result(stage))) {
      return;
    }
    Path work = out.resolve("work");
    Path file = work.resolve(stage.id() + ".crops");
    if (!Files.exists(file)) {
      run.crops(
          maker.apply(student), truth, seed + stage.ordinal(), file, said(stage.id() + " crops"));
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

  private long steps(long usual) {
    return Math.max(1, Math.round(effort * usual));
  }

  private static ProgressListener said(String what) {
    long[] last = {System.nanoTime()};
    return (done, total, item) -> {
      if (System.nanoTime() - last[0] > 5_000_000_000L || done == total) {
        last[0] = System.nanoTime();
        System.err.println(java.time.LocalTime.now() + " " + what + " " + done + "/" + total);
      }
    };
  }
}
