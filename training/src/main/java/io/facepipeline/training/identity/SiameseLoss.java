package io.facepipeline.training.identity;

import com.google.common.collect.ImmutableMap;
import io.facepipeline.FacePipelineException;
import io.facepipeline.training.torch.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Semi-siamese training (Du et al., Semi-Siamese Training for Shallow Face Learning, 2020,
 * equations 3 to 5): each person of a batch has two views. The network that is trained, the probe
 * network, tells the person of one view from others by the feature of the other view, which the
 * gallery network makes, a moving average of the probe network. The others are the prototypes: a
 * queue of gallery features of earlier batches, random directions at first. The logits are
 * CosFace's; the loss is the mean of both directions. Then one gallery feature of each person takes
 * the place of the queue's oldest.
 *
 * <p>Prototypes of the person of a row, from earlier batches, do not count against the row; the
 * authors leave such people out of the batches instead. Owns the queue. Not thread-safe; PyTorch
 * must be loaded.
 */
public final class SiameseLoss implements AutoCloseable {
  /** How many views of each person a batch holds. */
  static final int VIEWS = 2;

  private static final float NOBODY = -1;

  /** Taken from a logit, leaves no probability. */
  private static final double EVERYTHING = 1e9;

  private final IdentityLoss.Recipe recipe;
  private final int size;
  private final Tensor queue;
  private final Tensor owners;
  private final Tensor next;

  /**
   * Creates a queue of random directions, shortened to the number of people if there are fewer.
   *
   * @param recipe of {@link Objective#SST_PROTOTYPE}
   * @param people the number of people
   * @param dimensions the dimensions of a feature
   */
  public SiameseLoss(
      IdentityLoss.Recipe recipe, int people, int dimensions, RandomGenerator random) {
    this(
        recipe,
        directions(
            (int) Math.min(IdentityLoss.several(people), recipe.parameter("queue")),
            dimensions,
            random));
  }

  /** With a queue of unit vectors, [size, dimensions]. */
  SiameseLoss(IdentityLoss.Recipe recipe, Tensor queue) {
    this.recipe = recipe;
    this.queue = queue.retainReference();
    size = Math.toIntExact(queue.size(0));
    float[] nobody = new float[size];
    Arrays.fill(nobody, NOBODY);
    owners = Tensors.floats(nobody, size).retainReference();
    next = Tensors.floats(new float[1], 1).retainReference();
  }

  private static Tensor directions(int size, int dimensions, RandomGenerator random) {
    float[] values = new float[Math.multiplyExact(size, dimensions)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return torch.normalize(Tensors.floats(values, size, dimensions));
  }

  /** {@return the queue, whose features it holds, and where it goes on, by name; not copies} */
  public Map<String, Tensor> buffers() {
    return ImmutableMap.of(
        "prototypes", queue, "prototypes.owners", owners, "prototypes.next", next);
  }

  /**
   * {@return the loss, a scalar} The batch then enters the queue.
   *
   * @param probes the probe network's features of two views of each person, one after the other, [2
   *     n, dimensions], not normalized
   * @param galleries the gallery network's features of the same views
   * @param labels whom each row shows, 2 n of them, from 0
   * @param step the step, from 0, which decides which views enter the queue
   * @throws FacePipelineException if the queue is shorter than n
   */
  public Tensor of(Tensor probes, Tensor galleries, int[] labels, int step) {
    return of(probes, galleries, labels, new SplittableRandom(step).nextBoolean());
  }

  /** With the first views entering the queue, or the second ones. */
  Tensor of(Tensor probes, Tensor galleries, int[] labels, boolean first) {
    int people = labels.length / VIEWS;
    if (people > size) {
      throw new FacePipelineException(
          "a batch of "
              + people
              + " people does not fit a queue of "
              + size
              + "; use a longer one");
    }
    int[] odd = IntStream.range(0, people).map(i -> VIEWS * i + 1).toArray();
    Tensor firsts = Tensors.indexes(IntStream.of(odd).map(i -> i - 1).toArray());
    Tensor seconds = Tensors.indexes(odd);
    int begin = (int) next.item_float();
    Tensor places =
        Tensors.indexes(IntStream.range(0, people).map(i -> (begin + i) % size).toArray());
    float[] who = new float[people];
    for (int i = 0; i < people; i++) {
      who[i] = labels[VIEWS * i];
    }
    Tensor probe = torch.normalize(probes);
    Tensor gallery = torch.normalize(galleries.detach());
    Tensor one = gallery.index_select(0, firsts);
    Tensor other = gallery.index_select(0, seconds);
    owners.index_copy_(0, places, Tensors.floats(who, people));
    Tensor same = owners.unsqueeze(0).eq(Tensors.floats(who, people).unsqueeze(1));
    Tensor loss =
        direction(probe.index_select(0, firsts), other, places, same)
            .add(direction(probe.index_select(0, seconds), one, places, same))
            .div(new Scalar(2.0));
    queue.index_copy_(0, places, first ? one : other);
    next.fill_(new Scalar((float) ((begin + people) % size)));
    return loss;
  }

  private Tensor direction(Tensor probe, Tensor gallery, Tensor places, Tensor same) {
    Tensor prototypes = queue.clone().index_copy_(0, places, gallery);
    Cosines cosines = new Cosines(torch.mm(probe, prototypes.t()), places.unsqueeze(1));
    Tensor truth = cosines.ofTruth();
    Tensor marked = cosines.with(truth.sub(new Scalar(recipe.parameter("margin"))));
    Tensor own = same.to(marked.scalar_type()).scatter(1, places.unsqueeze(1), new Scalar(0.0));
    Tensor logits = marked.mul(new Scalar(recipe.parameter("scale")));
    return recipe.logitLoss(logits.sub(own.mul(new Scalar(EVERYTHING))), places);
  }

  @Override
  public void close() {
    queue.close();
    owners.close();
    next.close();
  }
}
