package io.facepipeline.training.mtcnn;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.training.run.Draws;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.torch.AdamW;
import io.facepipeline.training.torch.LearningRate;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains one network on a file of crops. Each step hangs on the seed, its number and the state
 * before it alone, so that a run that was cut off and taken up again ends as one that was not.
 */
final class StageTrainer {
  private static final int ROW_STEPS = 50;
  private static final int WARM_UP_STEPS = 200;
  private static final double WEIGHT_DECAY = 0.01;

  /** What is measured; the landmarks are 0 where the network gives none. */
  private static final String[] COLUMNS = {"loss", "class", "box", "landmarks", "rate"};

  private final Stage stage;
  private final Plan plan;
  private final Path folder;

  /**
   * How long and how fast.
   *
   * @param steps how many steps
   * @param batch crops of a step
   * @param rate the highest learning rate, which falls along a cosine to a hundredth
   * @param saveEvery steps from one checkpoint to the next
   * @param seed decides all that is left to chance
   */
  record Plan(int steps, int batch, double rate, int saveEvery, long seed) {}

  /**
   * Creates it.
   *
   * @param folder where the checkpoint, the log and the picture go
   */
  StageTrainer(Stage stage, Plan plan, Path folder) {
    this.stage = stage;
    this.plan = plan;
    this.folder = folder;
  }

  /** {@return the loss that the last row of a stage's log has, if there is one} */
  static OptionalDouble lastLoss(Stage stage, Path folder) {
    List<TrainingLog.Row> rows =
        new TrainingLog(folder.resolve(stage.id() + ".csv"), Long.MAX_VALUE, COLUMNS).rows();
    return rows.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(rows.get(rows.size() - 1).values().get(0));
  }

  /**
   * Trains, or goes on with what a checkpoint in the folder tells.
   *
   * @param crops what to learn from
   * @param result where the network goes, as a safetensors checkpoint
   * @return the log
   */
  @SuppressWarnings("try") // the scope is used by closing it
  TrainingLog train(CropFile crops, Path result, ProgressListener progress) {
    Path file = folder.resolve(stage.id() + ".state.safetensors");
    TrainingState state = new TrainingState(file);
    LearningRate rates = new LearningRate(plan.rate(), plan.steps(), WARM_UP_STEPS);
    try (PointerScope scope = new PointerScope();
        StageNetwork network = new StageNetwork(stage, new SplittableRandom(plan.seed()));
        AdamW optimizer = new AdamW(network.parameters(), Map.of(), WEIGHT_DECAY);
        Batch batch = new Batch(crops, plan.batch(), stage.side())) {
      int done = state.resume(optimizer);
      TrainingLog log = new TrainingLog(folder.resolve(stage.id() + ".csv"), done, COLUMNS);
      network.project();
      double[] sums = new double[4];
      for (int step = done; step < plan.steps(); step++) {
        double rate = rates.at(step);
        step(step, rate, network, optimizer, batch, sums);
        if ((step + 1) % ROW_STEPS == 0 || step + 1 == plan.steps()) {
          int count = step % ROW_STEPS + 1;
          log.add(
              step + 1, sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count, rate);
          sums = new double[4];
          progress.progress(
              step + 1,
              plan.steps(),
              String.format(
                  Locale.ROOT, "loss %.4f", log.rows().get(log.rows().size() - 1).values().get(0)));
        }
        if ((step + 1) % plan.saveEvery() == 0) {
          log.save();
          state.save(optimizer, step + 1);
        }
      }
      log.save();
      log.plot(
          stage.id(),
          folder.resolve(stage.id() + ".png"),
          stage.hasLandmarks() ? List.of("class", "box", "landmarks") : List.of("class", "box"));
      Tensors.checkpoint(optimizer.averages()).write(result);
      Files.deleteIfExists(file);
      return log;
    } catch (IOException e) {
      throw new FacePipelineException("cannot delete the checkpoint " + file + ": " + e, e);
    }
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private void step(
      int step, double rate, StageNetwork network, AdamW optimizer, Batch batch, double[] sums) {
    try (PointerScope scope = new PointerScope()) {
      batch.draw(Draws.of(plan.seed(), step));
      StageLoss loss = StageLoss.of(stage, network.forward(batch.input()), batch);
      loss.total().backward();
      optimizer.step(rate);
      network.project();
      float total = loss.total().item_float();
      if (!Float.isFinite(total)) {
        throw new FacePipelineException(
            "the loss of "
                + stage.id()
                + " is "
                + total
                + " at step "
                + step
                + "; use a lower learning rate than "
                + plan.rate());
      }
      sums[0] += total;
      sums[1] += loss.face().item_float();
      sums[2] += loss.box().item_float();
      Tensor landmarks = loss.landmarks();
      sums[3] += landmarks != null ? landmarks.item_float() : 0;
    }
  }
}
