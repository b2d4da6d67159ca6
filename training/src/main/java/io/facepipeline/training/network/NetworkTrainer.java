package io.facepipeline.training.network;

import com.google.common.collect.Lists;
import com.google.common.util.concurrent.Uninterruptibles;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.training.network.LearningCurve.Epoch;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.AdamW;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.LearningRate;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a network of classes epoch by epoch: its head alone at first, while what comes before it
 * stays as it is, then all of it. AdamW, with a learning rate that rises and then falls along a
 * cosine in each of the two parts. After each epoch the moving average of the weights is validated,
 * and the best is kept. A checkpoint holds all that the next epoch depends on.
 */
final class NetworkTrainer {
  private static final double WEIGHT_DECAY = 0.05;
  private static final int DRAW_EVERY = 10;
  private static final int VALIDATED_AT_ONCE = 32;
  private static final int TIMED_STEPS = 3;

  private final Plan plan;
  private final PhotoSet photos;
  private final Batches batches;
  private final InputTensors inputs;
  private final CrossEntropy loss;
  private final Path folder;

  /**
   * How long and how fast.
   *
   * @param epochs how many epochs in all
   * @param frozen in how many of them, the first ones, only the head is trained
   * @param rate the highest learning rate of those epochs, or of all if there are none
   * @param wholeRate the highest learning rate of the epochs behind them
   */
  record Plan(int epochs, int frozen, double rate, double wholeRate) {
    double highest(int epoch) {
      return frozen == 0 || epoch < frozen ? rate : wholeRate;
    }
  }

  /**
   * Creates it.
   *
   * @param loss what is made small
   * @param folder where the curve and the best weights go; the state goes to its subfolder work
   */
  NetworkTrainer(
      Plan plan,
      PhotoSet photos,
      Batches batches,
      InputTensors inputs,
      CrossEntropy loss,
      Path folder) {
    this.plan = plan;
    this.photos = photos;
    this.batches = batches;
    this.inputs = inputs;
    this.loss = loss;
    this.folder = folder;
  }

  /**
   * Trains, or goes on with what the folder's files tell.
   *
   * @param network what is trained
   * @param averaged the same network once more, which holds the moving average
   * @param validation the photos that choose the checkpoint
   * @param best where the best weights go
   * @param progress is told of every step and its loss
   * @return the best epoch
   */
  @SuppressWarnings("try") // the scope is used by closing it
  Epoch train(
      Student network,
      Student averaged,
      List<Integer> validation,
      Path best,
      ProgressListener progress) {
    TrainingState state = new TrainingState(folder.resolve("work").resolve("state.safetensors"));
    ExecutorService views = Executors.newSingleThreadExecutor(NetworkTrainer::daemon);
    try (PointerScope scope = new PointerScope();
        AdamW optimizer = new AdamW(network.parameters(), network.buffers(), WEIGHT_DECAY)) {
      int steps = state.resume(optimizer);
      LearningCurve curve = new LearningCurve(folder, steps);
      for (int epoch = steps / batches.perEpoch(); epoch < plan.epochs(); epoch++) {
        Epoch done = epoch(epoch, network, optimizer, views, progress);
        averaged.load(Tensors.checkpoint(optimizer.averages()));
        done = validated(done, averaged, validation);
        int step = (epoch + 1) * batches.perEpoch();
        if (curve.add(step, done)) {
          averaged.checkpoint().write(best);
        }
        curve.save();
        // Last, since a run that finds it takes all before it for done.
        state.save(optimizer, step);
        if ((epoch + 1) % DRAW_EVERY == 0) {
          curve.draw();
        }
      }
      curve.draw();
      return curve.best();
    } finally {
      // An interrupt would close the file that the views are read from.
      views.shutdown();
      Uninterruptibles.awaitTerminationUninterruptibly(views);
    }
  }

  /**
   * {@return how long an epoch takes, by some steps of a network that is not used further}
   *
   * @param validation the photos that are told after each epoch
   */
  @SuppressWarnings("try") // the scope is used by closing it
  double secondsPerEpoch(Student network, List<Integer> validation) {
    try (PointerScope scope = new PointerScope();
        AdamW optimizer = new AdamW(network.parameters(), network.buffers(), WEIGHT_DECAY)) {
      // The first step takes longer than the others.
      step(network, optimizer, batches.batch(0), true, 0);
      long start = System.nanoTime();
      for (int i = 1; i <= TIMED_STEPS; i++) {
        step(network, optimizer, batches.batch(i), true, 0);
      }
      long steps = (System.nanoTime() - start) / TIMED_STEPS * batches.perEpoch();
      long begun = System.nanoTime();
      validated(new Epoch(1, 0, 0, 0, 0, 0), network, validation);
      return (steps + System.nanoTime() - begun) / 1e9;
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "views");
    thread.setDaemon(true);
    return thread;
  }

  /** Takes all steps of an epoch; it is not validated yet. */
  private Epoch epoch(
      int epoch,
      Student network,
      AdamW optimizer,
      ExecutorService views,
      ProgressListener progress) {
    boolean headOnly = epoch < plan.frozen();
    network
        .parameters()
        .forEach((name, p) -> p.set_requires_grad(!headOnly || Classifier.isHead(name)));
    int perEpoch = batches.perEpoch();
    double loss = 0;
    int right = 0;
    CompletableFuture<Batches.Batch> next = making(epoch * perEpoch, views);
    for (int i = 0; i < perEpoch; i++) {
      int step = epoch * perEpoch + i;
      Batches.Batch batch = made(next);
      if (i + 1 < perEpoch) {
        next = making(step + 1, views);
      }
      float[] told = step(network, optimizer, batch, !headOnly, rate(step));
      loss += told[0];
      right += Math.round(told[1]);
      if (!Float.isFinite(told[0])) {
        throw new FacePipelineException(
            "the loss is "
                + told[0]
                + " in epoch "
                + (epoch + 1)
                + "; use a lower learning rate than "
                + plan.highest(epoch));
      }
      progress.progress(
          step + 1,
          (long) plan.epochs() * perEpoch,
          String.format(Locale.ROOT, "loss %.4f", loss / (i + 1)));
    }
    return new Epoch(
        epoch + 1,
        loss / perEpoch,
        (double) right / (perEpoch * batches.size()),
        0,
        0,
        rate((epoch + 1) * perEpoch - 1));
  }

  /** The learning rate of a step: both parts of the training begin slowly and end slowly. */
  private double rate(int step) {
    int perEpoch = batches.perEpoch();
    int epoch = step / perEpoch;
    boolean first = epoch < plan.frozen();
    int from = first ? 0 : plan.frozen() * perEpoch;
    int to = (first ? plan.frozen() : plan.epochs()) * perEpoch;
    int warmUp = 1 + (to - from) / 10;
    return new LearningRate(plan.highest(epoch), to - from, warmUp).at(step - from);
  }

  private CompletableFuture<Batches.Batch> making(int step, ExecutorService views) {
    return CompletableFuture.supplyAsync(() -> batches.batch(step), views);
  }

  private static Batches.Batch made(CompletableFuture<Batches.Batch> batch) {
    try {
      return batch.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Takes a step; returns its loss and how many photos were told right. */
  @SuppressWarnings("try") // the scope is used by closing it
  private float[] step(
      Student network, AdamW optimizer, Batches.Batch batch, boolean training, double rate) {
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = network.forward(inputs.of(batch.pixels()), training);
      Tensor loss = this.loss.of(logits, batch.labels());
      loss.backward();
      optimizer.step(rate);
      return new float[] {loss.item_float(), right(Tensors.values(logits), batch.labels())};
    }
  }

  private static int right(float[] logits, List<Integer> labels) {
    int classes = logits.length / labels.size();
    int right = 0;
    for (int i = 0; i < labels.size(); i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = logits[i * classes + c] > logits[i * classes + best] ? c : best;
      }
      right += best == labels.get(i) ? 1 : 0;
    }
    return right;
  }

  @SuppressWarnings("try") // the scopes are used by closing them
  private Epoch validated(Epoch epoch, Student network, List<Integer> validation) {
    double loss = 0;
    int right = 0;
    for (List<Integer> some : Lists.partition(validation, VALIDATED_AT_ONCE)) {
      List<Integer> labels = some.stream().map(photos::label).toList();
      List<Image> squares = some.stream().map(photos::square).toList();
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor logits = network.forward(inputs.of(Batches.pixels(squares)), false);
        // Each photo counts the same here, and what is shown counts alone.
        loss += CrossEntropy.plainSum(logits, labels).item_float();
        right += right(Tensors.values(logits), labels);
      }
    }
    return new Epoch(
        epoch.number(),
        epoch.loss(),
        epoch.accuracy(),
        loss / validation.size(),
        (double) right / validation.size(),
        epoch.rate());
  }
}
