package io.facepipeline.training.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.internal.Workers;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds the probability at which a network lets as many of the true faces pass as another does at
 * the detector's threshold, but no more candidates, each of which costs the next network time. A
 * small network that learns from a larger one's probabilities is less sure of everything, so that
 * at the same threshold it would lose faces, or is sure of too much. The networks' biases are moved
 * by the difference, and the detector's thresholds stay as they are.
 */
final class StageRecall {
  /** Photos to measure on: enough for a recall to half a percent. */
  private static final int PHOTOS = 250;

  /** The detector's smallest face, in pixels. */
  static final int SMALLEST_FACE = 20;

  /** What a candidate must share with a face for the next network to find it. */
  private static final float LEAST_OVERLAP = 0.5f;

  /** Thresholds are tried that lie so far apart as logits. */
  private static final double STEP = 0.2;

  private static final double MOST = 2.4;
  private static final int STEPS = 24;

  private final List<Image> images = new ArrayList<>();
  private final List<List<Box>> faces = new ArrayList<>();
  private final Workers workers;
  private int count;

  /** Takes some of the photos in which every face was marked, or of all if there are none. */
  StageRecall(List<LabelledPhoto> photos, List<TrueFaces> truth, long seed, Workers workers) {
    this.workers = workers;
    List<Integer> usable = new ArrayList<>();
    boolean marked = photos.stream().anyMatch(LabelledPhoto::complete);
    for (int i = 0; i < photos.size(); i++) {
      if (!marked || photos.get(i).complete()) {
        usable.add(i);
      }
    }
    Collections.shuffle(usable, new Random(seed));
    for (int i : usable.subList(0, Math.min(PHOTOS, usable.size()))) {
      List<Box> seen = new ArrayList<>();
      for (TrueFace face : truth.get(i).faces()) {
        if (Math.min(face.box().width(), face.box().height()) >= SMALLEST_FACE) {
          seen.add(face.box());
        }
      }
      if (!seen.isEmpty()) {
        images.add(Image.read(photos.get(i).file()));
        faces.add(seen);
        count += seen.size();
      }
    }
  }

  /**
   * How much a network lets pass.
   *
   * @param recall the share of the faces that it is about; 1 without faces
   * @param candidates how many boxes of all photos
   */
  record Passed(double recall, long candidates) {}

  /**
   * {@return how much a network lets pass}
   *
   * @param network what it lets pass
   * @param threshold its threshold
   */
  Passed passed(Passing network, float threshold) {
    AtomicInteger found = new AtomicInteger();
    AtomicLong candidates = new AtomicLong();
    workers.forEach(
        images.size(),
        i -> {
          List<Box> passed = network.at(i, images.get(i), threshold);
          candidates.addAndGet(passed.size());
          for (Box face : faces.get(i)) {
            if (passed.stream().anyMatch(b -> b.intersectionOverUnion(face) >= LEAST_OVERLAP)) {
              found.incrementAndGet();
            }
          }
        });
    return new Passed(count == 0 ? 1 : found.get() / (double) count, candidates.get());
  }

  /** What a network lets pass at a threshold. */
  @FunctionalInterface
  interface Passing {
    List<Box> at(int index, Image image, float threshold);
  }

  /**
   * {@return by how much the network's logits are to be raised; less than 0 to lower them}
   *
   * @param network what it lets pass
   * @param threshold the detector's
   * @param model how much the other network lets pass: its recall is to be reached, as far as that
   *     takes no more candidates
   */
  double shift(Passing network, float threshold, Passed model) {
    double logit = Math.log(threshold / (1 - threshold));
    double shift = -MOST;
    for (int step = 0; step <= STEPS; step++) {
      double tried = -MOST + step * STEP;
      Passed passed = passed(network, (float) (1 / (1 + Math.exp(tried - logit))));
      if (passed.candidates() > model.candidates()) {
        return shift;
      }
      shift = tried;
      if (passed.recall() >= model.recall()) {
        return shift;
      }
    }
    return shift;
  }

  /** {@return what P-Net proposes of the images} */
  Passing proposals(MtcnnStages networks) {
    return (index, image, threshold) -> networks.proposals(image, SMALLEST_FACE, threshold);
  }

  /**
   * {@return what R-Net lets pass of what P-Net proposes at the detector's threshold}
   *
   * @param pnetThreshold the detector's for P-Net
   */
  Passing refined(MtcnnStages networks, float pnetThreshold) {
    List<List<Box>> proposed = new ArrayList<>();
    images.forEach(i -> proposed.add(networks.proposals(i, SMALLEST_FACE, pnetThreshold)));
    return (index, image, threshold) -> networks.refined(image, proposed.get(index), threshold);
  }
}
