package io.facepipeline.training.detector;

import com.google.common.util.concurrent.Uninterruptibles;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.run.Draws;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.AdamW;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.LearningRate;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains the network on views. Each step hangs on the seed, its number and the state before it
 * alone, so that a run that was cut off and taken up again ends as one that was not.
 */
final class DetectorTrainer {
  private static final int ROW_STEPS = 50;
  private static final int WARM_UP_STEPS = 500;
  private static final double WEIGHT_DECAY = 0.02;
  private static final String[] COLUMNS = {"loss", "score", "box", "landmarks", "rate"};
  private static final String LOG = "detector.csv";

  /** What the network says before it has learned: hardly any cell finds a face. */
  private static final float FIRST_LOGIT = -4;

  /** And the first boxes are so many strides wide and high. */
  private static final double FIRST_SIDE = 2.5;

  private static final double FIRST_WEIGHTS = 0.05;

  private final Plan plan;
  private final ViewMaker views;
  private final Cells cells;
  private final Path folder;
  private final @Nullable TeacherMaps maps;

  /**
   * How long and how fast.
   *
   * @param steps how many steps
   * @param batch views of a step
   * @param rate the highest learning rate, which falls along a cosine to a hundredth
   * @param saveEvery steps from one checkpoint to the next
   * @param half whether convolutions are computed in bfloat16
   * @param seed decides all that is left to chance
   */
  record Plan(int steps, int batch, double rate, int saveEvery, boolean half, long seed) {}

  private record Batch(ByteBuffer pixels, List<TrueFaces> truth, List<TeacherMaps.Said> taught) {}

  /**
   * Creates it.
   *
   * @param folder where the checkpoint, the log and the picture go
   * @param maps tells what a teacher says of each cell, or null
   */
  DetectorTrainer(Plan plan, ViewMaker views, Path folder, @Nullable TeacherMaps maps) {
    this.maps = maps;
    this.plan = plan;
    this.views = views;
    this.folder = folder;
    cells = new Cells(views.side());
  }

  /** {@return how the network is fed} */
  static InputTensors input(int side) {
    return new InputTensors(
        new CatalogEntry.Input(
            side, side, null, ColorOrder.RGB, List.of(127.5f), List.of(128f), false));
  }

  /** {@return the log of the training in a folder, as far as it has come} */
  static TrainingLog log(Path folder) {
    return new TrainingLog(folder.resolve(LOG), Long.MAX_VALUE, COLUMNS);
  }

  /**
   * Trains, or goes on with what a checkpoint in the folder tells.
   *
   * @param start weights to start from, or null for random ones
   * @param result where the network goes, as a safetensors checkpoint
   */
  @SuppressWarnings("try") // the scope is used by closing it
  void train(@Nullable Checkpoint start, Path result, ProgressListener progress) {
    Path file = folder.resolve("detector.state.safetensors");
    TrainingState state = new TrainingState(file);
    LearningRate rates = new LearningRate(plan.rate(), plan.steps(), WARM_UP_STEPS);
    ExecutorService maker = Executors.newSingleThreadExecutor(DetectorTrainer::daemon);
    try (PointerScope scope = new PointerScope();
        Student network = network(start);
        AdamW optimizer = new AdamW(network.parameters(), network.buffers(), WEIGHT_DECAY)) {
      int done = state.resume(optimizer);
      TrainingLog log = new TrainingLog(folder.resolve(LOG), done, COLUMNS);
      double[] sums = new double[4];
      CompletableFuture<Batch> next = making(done, maker);
      for (int step = done; step < plan.steps(); step++) {
        Batch batch = made(next);
        next = making(step + 1, maker);
        double rate = rates.at(step);
        step(step, rate, network, optimizer, batch, sums);
        if ((step + 1) % ROW_STEPS == 0 || step + 1 == plan.steps()) {
          int count = step % ROW_STEPS + 1;
          log.add(
              step + 1, sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count, rate);
          progress.progress(
              step + 1, plan.steps(), String.format(Locale.ROOT, "loss %.4f", sums[0] / count));
          sums = new double[4];
        }
        if ((step + 1) % plan.saveEvery() == 0) {
          log.save();
          // So far; a run that is cut off can be looked at.
          Tensors.checkpoint(optimizer.averages())
              .write(folder.resolve("detector.sofar.safetensors"));
          state.save(optimizer, step + 1);
        }
      }
      log.save();
      // Without landmarks to learn from there is no loss of them to draw.
      log.plot(
          "detector",
          folder.resolve("detector.png"),
          Stream.of("score", "box", "landmarks")
              .filter(name -> Arrays.stream(log.column(name)).allMatch(value -> value > 0))
              .toList());
      Tensors.checkpoint(optimizer.averages()).write(result);
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new FacePipelineException("cannot delete the checkpoint " + file + ": " + e, e);
    } finally {
      // An interrupt would close the file that the views are read from.
      maker.shutdown();
      Uninterruptibles.awaitTerminationUninterruptibly(maker);
    }
  }

  private Student network(@Nullable Checkpoint start) {
    Student network =
        new Student(
            new ScanArchitecture(),
            new Student.Form(ScanNetwork.NUMBERS, views.side(), plan.half()),
            new SplittableRandom(plan.seed()));
    try {
      if (start != null) {
        network.load(start);
      } else {
        begin(network);
      }
      return network;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private static void begin(Student network) {
    try (PointerScope scope = new PointerScope()) {
      for (int level = 0; level < ScanNetwork.STRIDES.size(); level++) {
        Tensor bias = parameter(network, level, ".bias");
        float[] values = Tensors.values(bias);
        values[0] = FIRST_LOGIT;
        for (int i = ScanNetwork.BOX; i < values.length; i++) {
          values[i] = 0.5f;
        }
        values[ScanNetwork.BOX + 2] = (float) Math.log(FIRST_SIDE);
        values[ScanNetwork.BOX + 3] = (float) Math.log(FIRST_SIDE);
        bias.detach().copy_(Tensors.floats(values, values.length));
        // So that the biases are what counts at first.
        Tensor weight = parameter(network, level, ".weight");
        weight.detach().mul_(new Scalar(FIRST_WEIGHTS));
      }
    }
  }

  private static Tensor parameter(Student network, int level, String kind) {
    return Objects.requireNonNull(network.parameters().get(ScanNetwork.outputLayer(level) + kind));
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "views");
    thread.setDaemon(true);
    return thread;
  }

  private CompletableFuture<Batch> making(int step, ExecutorService maker) {
    return CompletableFuture.supplyAsync(() -> batch(step), maker);
  }

  private Batch batch(int step) {
    SplittableRandom random = Draws.of(plan.seed(), step);
    int bytes = 3 * views.side() * views.side();
    ByteBuffer pixels = ByteBuffer.allocateDirect(plan.batch() * bytes);
    List<TrueFaces> truth = new ArrayList<>();
    List<TeacherMaps.Said> taught = new ArrayList<>();
    for (int i = 0; i < plan.batch(); i++) {
      View view = views.draw(random.split());
      pixels.put(view.image().unsafeRgb());
      truth.add(view.truth());
      if (maps != null) {
        taught.add(maps.of(view.taught()));
      }
    }
    return new Batch(pixels.flip(), truth, taught);
  }

  private static Batch made(CompletableFuture<Batch> batch) {
    try {
      return batch.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private void step(
      int step, double rate, Student network, AdamW optimizer, Batch batch, double[] sums) {
    try (PointerScope scope = new PointerScope()) {
      Tensor images = input(views.side()).of(batch.pixels());
      Tensor said = network.forward(images, true);
      DetectorLoss loss = DetectorLoss.of(said, batch.truth(), batch.taught(), cells);
      loss.total().backward();
      float total = loss.total().item_float();
      if (!Float.isFinite(total)) {
        throw new FacePipelineException(
            "the loss is "
                + total
                + " at step "
                + step
                + "; use a lower learning rate than "
                + plan.rate());
      }
      optimizer.step(rate);
      sums[0] += total;
      sums[1] += loss.score().item_float();
      sums[2] += loss.box().item_float();
      sums[3] += loss.landmarks().item_float();
    }
  }
}
