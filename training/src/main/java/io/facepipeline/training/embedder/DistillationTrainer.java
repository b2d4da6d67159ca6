package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.AdamW;
import io.facepipeline.training.Draws;
import io.facepipeline.training.SafetensorsFile;
import io.facepipeline.training.student.Student;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
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
  private static final double LAST_SHARE = 0.01;
  private static final int WARM_UP_STEPS = 300;
  private static final String STEP = "step";

  private final Plan plan;
  private final Path state;

  /**
   * How long and how fast.
   *
   * @param steps how many steps
   * @param batch views of a step
   * @param rate the highest learning rate, which falls to a hundredth
   * @param saveEvery steps from one checkpoint to the next
   * @param seed decides all that is left to chance
   */
  record Plan(int steps, int batch, double rate, int saveEvery, long seed) {}

  /** What is told of a stretch of steps: their mean loss, and the mean cosine to the teacher. */
  interface Report {
    void row(int step, double loss, double cosine, double rate);
  }

  DistillationTrainer(Plan plan, Path state) {
    this.plan = plan;
    this.state = state;
  }

  /**
   * Trains.
   *
   * @param student the network
   * @param views what there is to learn, which may grow meanwhile
   * @param result where the moving average of the weights goes, with every checkpoint
   * @param wait is told before each step how many views it may draw from at least
   */
  @SuppressWarnings("try") // the scope is used by closing it
  void train(
      Student student,
      ViewFile views,
      Path result,
      LongConsumer wait,
      Report report,
      int rowSteps) {
    try (PointerScope scope = new PointerScope();
        AdamW optimizer = new AdamW(student.parameters(), student.buffers(), WEIGHT_DECAY)) {
      int done = Files.exists(state) ? resume(optimizer) : 0;
      byte[] pixels = new byte[plan.batch() * views.viewBytes()];
      float[] taught = new float[plan.batch() * views.dimensions()];
      double loss = 0;
      double cosine = 0;
      int rows = 0;
      for (int step = done; step < plan.steps(); step++) {
        wait.accept(step);
        draw(views, Draws.of(plan.seed(), step), pixels, taught);
        double rate = rate(step);
        float[] measured = step(student, optimizer, pixels, taught, rate);
        if (!Float.isFinite(measured[0])) {
          throw new FacePipelineException(
              "the loss is "
                  + measured[0]
                  + " at step "
                  + step
                  + "; take a lower learning rate than "
                  + plan.rate());
        }
        loss += measured[0];
        cosine += measured[1];
        rows++;
        if ((step + 1) % rowSteps == 0 || step + 1 == plan.steps()) {
          report.row(step + 1, loss / rows, cosine / rows, rate);
          loss = 0;
          cosine = 0;
          rows = 0;
        }
        if ((step + 1) % plan.saveEvery() == 0 || step + 1 == plan.steps()) {
          save(optimizer, step + 1);
          SafetensorsFile.write(result, SafetensorsFile.copies(optimizer.averages()));
        }
      }
    }
  }

  private void draw(ViewFile views, SplittableRandom random, byte[] pixels, float[] taught) {
    int size = views.size();
    for (int i = 0; i < plan.batch(); i++) {
      views.read(
          random.nextInt(size), pixels, i * views.viewBytes(), taught, i * views.dimensions());
    }
  }

  /** One step; gives the loss and the mean cosine. */
  @SuppressWarnings("try") // the scope is used by closing it
  private float[] step(
      Student student, AdamW optimizer, byte[] pixels, float[] taught, double rate) {
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
      return new float[] {loss.item_float(), cosine.item_float()};
    }
  }

  private double rate(int step) {
    double warm = Math.min(1, (step + 1.0) / Math.min(WARM_UP_STEPS, 1 + plan.steps() / 10));
    double cosine = (1 + Math.cos(Math.PI * step / plan.steps())) / 2;
    return plan.rate() * warm * (LAST_SHARE + (1 - LAST_SHARE) * cosine);
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private void save(AdamW optimizer, int step) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(optimizer.state());
      tensors.put(STEP, Tensor.create((float) step));
      SafetensorsFile.write(state, SafetensorsFile.copies(tensors));
    }
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private int resume(AdamW optimizer) {
    Checkpoint saved = Checkpoint.read(state);
    try (PointerScope scope = new PointerScope()) {
      optimizer
          .state()
          .forEach(
              (name, tensor) -> {
                FloatPointer values = new FloatPointer(saved.tensor(name).floats());
                tensor.detach().copy_(torch.from_blob(values, tensor.shape()));
              });
    }
    int step = (int) saved.tensor(STEP).floats()[0];
    optimizer.resume(step);
    return step;
  }
}
