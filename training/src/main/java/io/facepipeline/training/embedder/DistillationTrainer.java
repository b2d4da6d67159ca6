package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.training.AdamW;
import io.facepipeline.training.Draws;
import io.facepipeline.training.LearningRate;
import io.facepipeline.training.SafetensorsFile;
import io.facepipeline.training.TrainingLog;
import io.facepipeline.training.TrainingState;
import io.facepipeline.training.student.Student;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Teaches a student a teacher's embeddings: the loss is one minus the cosine, plus five times the
 * mean squared difference of the similarities within a batch. AdamW with a learning rate that falls
 * along a cosine over the steps. A checkpoint holds all that the next step hangs on.
 */
final class DistillationTrainer {
  private static final double WEIGHT_DECAY = 0.05;
  private static final double RELATION_WEIGHT = 5;
  private static final int WARM_UP_STEPS = 300;
  private static final String[] COLUMNS = {"loss", "cosine", "rate"};

  private final Plan plan;
  private final Path folder;

  /**
   * How long and how fast.
   *
   * @param steps how many steps
   * @param batch views of a step
   * @param rate the highest learning rate, which falls to a hundredth
   * @param saveEvery steps from one checkpoint to the next
   * @param reportEvery steps from one row of the log to the next
   * @param seed decides all that is left to chance
   */
  record Plan(int steps, int batch, double rate, int saveEvery, int reportEvery, long seed) {}

  /**
   * Creates it.
   *
   * @param folder where the checkpoint, the log and the picture go
   */
  DistillationTrainer(Plan plan, Path folder) {
    this.plan = plan;
    this.folder = folder;
  }

  /**
   * Trains, or goes on with what a checkpoint in the folder tells.
   *
   * @param student the network
   * @param views what there is to learn, which may grow meanwhile
   * @param result where the moving average of the weights goes, with every checkpoint
   * @param beforeStep is called before each step; what it throws ends the run
   * @param progress is told of every row of the log
   * @return the log
   */
  @SuppressWarnings("try") // the scope is used by closing it
  TrainingLog train(
      Student student,
      ViewFile views,
      Path result,
      Runnable beforeStep,
      ProgressListener progress) {
    TrainingState state = new TrainingState(folder.resolve("embedder.state.safetensors"));
    int warmUp = Math.min(WARM_UP_STEPS, 1 + plan.steps() / 10);
    LearningRate rates = new LearningRate(plan.rate(), plan.steps(), warmUp);
    try (PointerScope scope = new PointerScope();
        AdamW optimizer = new AdamW(student.parameters(), student.buffers(), WEIGHT_DECAY)) {
      int done = state.resume(optimizer);
      TrainingLog log = new TrainingLog(folder.resolve("embedder.csv"), done, COLUMNS);
      byte[] pixels = new byte[plan.batch() * views.viewBytes()];
      float[] taught = new float[plan.batch() * views.dimensions()];
      Means means = new Means();
      for (int step = done; step < plan.steps(); step++) {
        beforeStep.run();
        draw(views, Draws.of(plan.seed(), step), pixels, taught);
        means.add(step(step, rates.at(step), student, optimizer, pixels, taught));
        boolean last = step + 1 == plan.steps();
        if (last || (step + 1) % plan.reportEvery() == 0) {
          log.add(step + 1, means.loss(), means.cosine(), rates.at(step));
          means = new Means();
          progress.progress(
              step + 1, plan.steps(), "loss " + log.column("loss")[log.rows().size() - 1]);
        }
        if (last || (step + 1) % plan.saveEvery() == 0) {
          log.save();
          SafetensorsFile.write(result, SafetensorsFile.copies(optimizer.averages()));
          // Last, since a run that finds it takes all before it for done.
          state.save(optimizer, step + 1);
        }
      }
      log.plot("embedder", folder.resolve("embedder.png"), List.of("loss"));
      return log;
    }
  }

  /** What a step came to: the loss, and the mean cosine to the teacher. */
  private record Measured(float loss, float cosine) {}

  /** The means of some steps. */
  private static final class Means {
    private double loss;
    private double cosine;
    private int count;

    void add(Measured step) {
      loss += step.loss();
      cosine += step.cosine();
      count++;
    }

    double loss() {
      return loss / count;
    }

    double cosine() {
      return cosine / count;
    }
  }

  private void draw(ViewFile views, SplittableRandom random, byte[] pixels, float[] taught) {
    int size = views.size();
    for (int i = 0; i < plan.batch(); i++) {
      views.read(
          random.nextInt(size), pixels, i * views.viewBytes(), taught, i * views.dimensions());
    }
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private Measured step(
      int step, double rate, Student student, AdamW optimizer, byte[] pixels, float[] taught) {
    try (PointerScope scope = new PointerScope()) {
      Tensor bytes =
          torch.from_blob(
              new BytePointer(pixels),
              new long[] {plan.batch(), student.side(), student.side(), 3},
              new TensorOptions(ScalarType.Byte));
      // Rows of pixels are what PyTorch calls channels last.
      Tensor images =
          bytes
              .to(ScalarType.Float)
              .sub_(new Scalar(127.5))
              .mul_(new Scalar(1 / 128.0))
              .permute(0, 3, 1, 2);
      Tensor teacher =
          torch.from_blob(new FloatPointer(taught), plan.batch(), taught.length / plan.batch());
      Tensor embeddings = torch.normalize(student.forward(images, true));
      Tensor cosine = embeddings.mul(teacher).sum(1).mean();
      Tensor relations =
          torch.mse_loss(torch.mm(embeddings, embeddings.t()), torch.mm(teacher, teacher.t()));
      Tensor loss = relations.mul(new Scalar(RELATION_WEIGHT)).sub(cosine).add(new Scalar(1.0));
      loss.backward();
      optimizer.step(rate);
      Measured measured = new Measured(loss.item_float(), cosine.item_float());
      if (!Float.isFinite(measured.loss())) {
        throw new FacePipelineException(
            "the loss is "
                + measured.loss()
                + " at step "
                + step
                + "; take a lower learning rate than "
                + plan.rate());
      }
      return measured;
    }
  }
}
