package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.training.run.Draws;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.AdamW;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.LearningRate;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TrainingState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Teaches a student all of its lessons at once, their losses added up. AdamW with a learning rate
 * that falls along a cosine over the steps. A checkpoint holds all that the next step hangs on.
 */
final class EmbedderTrainer {
  private static final double WEIGHT_DECAY = 0.05;
  private static final int WARM_UP_STEPS = 300;

  /** The learning rate of a classifier alone, which finds its weights in some tens of steps. */
  private static final double HEAD_RATE = 1e-2;

  private final Plan plan;
  private final InputTensors input;
  private final List<? extends Lesson> lessons;
  private final Features features;
  private final Path folder;

  /**
   * How long and how fast.
   *
   * @param steps how many steps
   * @param rate the highest learning rate, which falls to a hundredth
   * @param saveEvery steps from one checkpoint to the next
   * @param reportEvery steps from one row of the log to the next
   * @param fixedNorms whether batch normalization keeps the means and variances that the network
   *     begins with, instead of taking those of each batch
   * @param headFirst steps at first that leave the network as it is and teach the lessons' own
   *     parameters only
   * @param seed decides all that is left to chance
   * @param whitened whether each view is scaled by its own mean and deviation
   */
  record Plan(
      int steps,
      double rate,
      int saveEvery,
      int reportEvery,
      boolean fixedNorms,
      int headFirst,
      long seed,
      boolean whitened) {}

  /**
   * Says which views a step learns from; is called before each, and what it throws ends the run.
   */
  @FunctionalInterface
  interface Batches {
    int[] draw(RandomGenerator random);
  }

  /** How a student's features of images come about. */
  @FunctionalInterface
  interface Features {
    /** What the student gives, from its first stage to its last. */
    Features WHOLE = (student, images, training, step) -> student.forward(images, training);

    Tensor of(Student student, Tensor images, boolean training, int step);
  }

  /**
   * Creates it.
   *
   * @param input how the network is fed
   * @param lessons what there is to learn, at least one
   * @param features usually {@link Features#WHOLE}
   * @param folder where the checkpoint, the log and the picture go
   */
  EmbedderTrainer(
      Plan plan,
      CatalogEntry.Input input,
      List<? extends Lesson> lessons,
      Features features,
      Path folder) {
    this.plan = plan;
    this.input = new InputTensors(input);
    this.lessons = List.copyOf(lessons);
    this.features = features;
    this.folder = folder;
  }

  /**
   * Trains, or goes on with what a checkpoint in the folder tells.
   *
   * @param student the network
   * @param views what there is to learn from, which may grow meanwhile
   * @param batches chooses among them
   * @param result where the moving average of the weights goes, with every checkpoint
   * @param progress is told of every step and its loss
   * @return the log
   */
  @SuppressWarnings("try") // the scope is used by closing it
  TrainingLog train(
      Student student, ViewFile views, Batches batches, Path result, ProgressListener progress) {
    TrainingState state = new TrainingState(folder.resolve("embedder.state.safetensors"));
    int whole = plan.steps() - plan.headFirst();
    int warmUp = Math.min(WARM_UP_STEPS, 1 + whole / 10);
    LearningRate rates = new LearningRate(plan.rate(), whole, warmUp);
    Map<String, Tensor> parameters = new LinkedHashMap<>(student.parameters());
    Map<String, Tensor> buffers = new LinkedHashMap<>(student.buffers());
    List<String> columns = new ArrayList<>(List.of("loss"));
    for (Lesson lesson : lessons) {
      parameters.putAll(lesson.parameters());
      buffers.putAll(lesson.buffers());
      columns.add(lesson.column());
    }
    columns.add("rate");
    try (PointerScope scope = new PointerScope();
        AdamW optimizer = new AdamW(parameters, buffers, WEIGHT_DECAY)) {
      int done = state.resume(optimizer);
      TrainingLog log =
          new TrainingLog(folder.resolve("embedder.csv"), done, columns.toArray(String[]::new));
      double[] sums = new double[columns.size()];
      int summed = 0;
      for (int step = done; step < plan.steps(); step++) {
        int[] rows = batches.draw(Draws.of(plan.seed(), step));
        step(step, rate(rates, step), student, optimizer, views, rows, sums);
        summed++;
        boolean last = step + 1 == plan.steps();
        String loss = String.format(Locale.ROOT, "loss %.4f", sums[0] / summed);
        progress.progress(step + 1, plan.steps(), loss);
        if (last || (step + 1) % plan.reportEvery() == 0) {
          for (int i = 0; i < sums.length; i++) {
            sums[i] /= summed;
          }
          sums[sums.length - 1] = rate(rates, step);
          log.add(step + 1, sums);
          sums = new double[columns.size()];
          summed = 0;
        }
        if (last || (step + 1) % plan.saveEvery() == 0) {
          log.save();
          Map<String, Tensor> averages = optimizer.averages();
          for (Lesson lesson : lessons) {
            averages.keySet().removeAll(lesson.parameters().keySet());
            averages.keySet().removeAll(lesson.buffers().keySet());
          }
          Tensors.checkpoint(averages).write(result);
          // Last, since a run that finds it takes all before it for done.
          state.save(optimizer, step + 1);
        }
      }
      log.plot("embedder", folder.resolve("embedder.png"), List.of("loss"));
      return log;
    }
  }

  private double rate(LearningRate rates, int step) {
    return step < plan.headFirst() ? HEAD_RATE : rates.at(step - plan.headFirst());
  }

  /** The features of a network that does not change. */
  @SuppressWarnings("try") // the scope is used by closing it
  private static Tensor asItIs(Student student, Tensor images) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return student.forward(images, false);
    }
  }

  /** Makes a step, and adds what it came to to the sums of the log's columns. */
  @SuppressWarnings("try") // the scope is used by closing it
  private void step(
      int step,
      double rate,
      Student student,
      AdamW optimizer,
      ViewFile views,
      int[] rows,
      double[] sums) {
    byte[] pixels = new byte[rows.length * views.viewBytes()];
    float[] taught = new float[rows.length * views.dimensions()];
    for (int i = 0; i < rows.length; i++) {
      views.read(rows[i], pixels, i * views.viewBytes(), taught, i * views.dimensions());
    }
    try (PointerScope scope = new PointerScope()) {
      ByteBuffer batch = ByteBuffer.wrap(pixels);
      Tensor images =
          plan.whitened()
              ? Tensors.whitened(input.unscaled(batch, student.side()))
              : input.of(batch, student.side());
      Tensor teacher =
          torch.from_blob(new FloatPointer(taught), rows.length, taught.length / rows.length);
      Tensor found =
          step < plan.headFirst()
              ? asItIs(student, images)
              : features.of(student, images, !plan.fixedNorms(), step);
      Tensor loss = torch.zeros(new long[0]);
      for (int i = 0; i < lessons.size(); i++) {
        Lesson.Result result = lessons.get(i).of(images, found, rows, teacher, step);
        loss = loss.add(result.loss());
        sums[1 + i] += result.shown().item_float();
      }
      loss.backward();
      optimizer.step(rate);
      float value = loss.item_float();
      sums[0] += value;
      if (!Float.isFinite(value)) {
        throw new FacePipelineException(
            "the loss is "
                + value
                + " at step "
                + step
                + "; use a lower learning rate than "
                + plan.rate());
      }
    }
  }
}
