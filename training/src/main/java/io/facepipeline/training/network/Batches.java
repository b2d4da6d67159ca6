package io.facepipeline.training.network;

import io.facepipeline.Image;
import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.training.data.BalancedDraw;
import io.facepipeline.training.run.Draws;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The batches that are learned from. In an epoch every photo comes once, in another order each
 * time, but for the few that do not fill a batch; or photos are drawn so that every class comes as
 * often. Which they are and how they are changed follows from the seed and the step alone.
 * Thread-safe.
 */
final class Batches {
  private static final int CHANNELS = 3;

  private final PhotoSet photos;
  private final List<Integer> training;
  private final int size;
  private final @Nullable Augmentation augmentation;
  private final @Nullable BalancedDraw balanced;
  private final long seed;

  /** Pixels as they are stored, one image after the other, and what they show. */
  record Batch(ByteBuffer pixels, List<Integer> labels) {}

  /**
   * Creates it.
   *
   * @param training the photos to learn from, at least two
   * @param most how many photos a batch has, if there are as many
   * @param augmentation changes them, or null
   */
  Batches(
      PhotoSet photos,
      List<Integer> training,
      int most,
      @Nullable Augmentation augmentation,
      boolean balanced,
      long seed) {
    this.photos = photos;
    this.training = List.copyOf(training);
    this.augmentation = augmentation;
    this.seed = seed;
    size = Math.min(most, training.size());
    this.balanced =
        balanced ? new BalancedDraw(training.stream().mapToInt(photos::label).toArray()) : null;
  }

  /** {@return the number of photos of a batch} */
  int size() {
    return size;
  }

  int perEpoch() {
    return training.size() / size;
  }

  /** {@return the photos of a step's batch} */
  private int[] photos(int step) {
    int[] drawn;
    if (balanced != null) {
      drawn = balanced.draw(Draws.of(seed, step), size, training.size());
    } else {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < training.size(); i++) {
        order.add(i);
      }
      Parts.shuffle(order, Draws.of(seed, step / perEpoch()));
      int from = step % perEpoch() * size;
      drawn = order.subList(from, from + size).stream().mapToInt(Integer::intValue).toArray();
    }
    return Arrays.stream(drawn).map(training::get).toArray();
  }

  /** {@return the batch of a step} */
  Batch batch(int step) {
    int[] drawn = photos(step);
    List<Image> changed = new ArrayList<>();
    for (int photo : drawn) {
      changed.add(changed(photo, step));
    }
    return new Batch(pixels(changed), Arrays.stream(drawn).mapToObj(photos::label).toList());
  }

  private Image changed(int photo, int step) {
    Image square = photos.square(photo);
    if (augmentation == null) {
      return square;
    }
    Optional<Image> partner =
        augmentation
            .partner(photo, step, training.size())
            .map(other -> photos.square(training.get(other)));
    return augmentation.apply(square, photo, step, training.size(), partner);
  }

  /** {@return the pixels of squares, one after the other} */
  static ByteBuffer pixels(List<Image> squares) {
    int bytes = CHANNELS * squares.get(0).width() * squares.get(0).height();
    ByteBuffer pixels = ByteBuffer.allocateDirect(Math.multiplyExact(bytes, squares.size()));
    squares.forEach(square -> pixels.put(square.unsafeRgb()));
    return pixels.flip();
  }
}
