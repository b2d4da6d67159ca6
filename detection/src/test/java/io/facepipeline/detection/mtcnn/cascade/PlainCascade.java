package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.cascade.NonMaximumSuppression.Overlap;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The three stages of MTCNN, step by step as facenet-pytorch's {@code detect_face} takes them. */
final class PlainCascade {
  private static final int RNET_SIZE = 24;
  private static final int ONET_SIZE = 48;
  private static final int BATCH = 256;
  private static final float WITHIN_LEVEL = 0.5f;
  private static final float ACROSS = 0.7f;

  private final PlainNetwork pnet;
  private final PlainNetwork rnet;
  private final PlainNetwork onet;
  private final MtcnnOptions options;

  PlainCascade(PlainNetwork pnet, PlainNetwork rnet, PlainNetwork onet, MtcnnOptions options) {
    this.pnet = pnet;
    this.rnet = rnet;
    this.onet = onet;
    this.options = options;
  }

  List<Face> detect(Image image) {
    List<Candidate> candidates = propose(image);
    candidates = refine(image, candidates);
    candidates = output(image, candidates);
    return candidates.stream()
        .map(PlainCascade::face)
        .sorted(Comparator.comparingDouble((Face f) -> f.box().area()).reversed())
        .toList();
  }

  private List<Candidate> propose(Image image) {
    List<Candidate> all = new ArrayList<>();
    int w = image.width();
    int h = image.height();
    for (double scale : Pyramid.scales(w, h, options.minFaceSize(), options.factor())) {
      int levelWidth = (int) (w * scale + 1);
      int levelHeight = (int) (h * scale + 1);
      FloatBuffer level = PlainNetwork.buffer(3 * levelWidth * levelHeight);
      PlainAreaResampler.resample(image, 0, 0, w, h, levelWidth, levelHeight, level);
      Map<String, float[]> out = pnet.run(level.flip(), 1, levelHeight, levelWidth);
      all.addAll(
          NonMaximumSuppression.keep(
              proposals(out, Pyramid.outputSize(levelWidth), scale), WITHIN_LEVEL, Overlap.UNION));
    }
    return NonMaximumSuppression.keep(all, ACROSS, Overlap.UNION).stream()
        .map(c -> c.regressed(Objects.requireNonNull(c.landmarks), 0, c.x2 - c.x1, c.y2 - c.y1))
        .map(c -> c.scored(c.score, null).squared())
        .toList();
  }

  /** P-Net's proposals of one level; the regression rides along in place of the landmarks. */
  private List<Candidate> proposals(Map<String, float[]> out, int columns, double scale) {
    float[] probability = get(out, PlainNetwork.PROBABILITY);
    float[] regression = get(out, PlainNetwork.REGRESSION);
    int cells = probability.length / 2;
    float threshold = options.thresholds().get(0);
    float s = (float) scale;
    List<Candidate> found = new ArrayList<>();
    for (int i = 0; i < cells; i++) {
      float p = probability[cells + i];
      if (p >= threshold) {
        int x = i % columns;
        int y = i / columns;
        float[] r = {
          regression[i], regression[cells + i], regression[2 * cells + i], regression[3 * cells + i]
        };
        found.add(
            new Candidate(
                (float) Math.floor((Pyramid.STRIDE * x + 1) / s),
                (float) Math.floor((Pyramid.STRIDE * y + 1) / s),
                (float) Math.floor((Pyramid.STRIDE * x + Pyramid.CELL) / s),
                (float) Math.floor((Pyramid.STRIDE * y + Pyramid.CELL) / s),
                p,
                r));
      }
    }
    return found;
  }

  private List<Candidate> refine(Image image, List<Candidate> candidates) {
    float threshold = options.thresholds().get(1);
    List<Candidate> passed = new ArrayList<>();
    forEachBatch(
        image,
        candidates,
        RNET_SIZE,
        rnet,
        (candidate, i, out) -> {
          float p = get(out, PlainNetwork.PROBABILITY)[2 * i + 1];
          if (p > threshold) {
            float[] r = new float[4];
            System.arraycopy(get(out, PlainNetwork.REGRESSION), 4 * i, r, 0, 4);
            passed.add(candidate.scored(p, r));
          }
        });
    return NonMaximumSuppression.keep(passed, ACROSS, Overlap.UNION).stream()
        .map(
            c ->
                c.regressed(
                    Objects.requireNonNull(c.landmarks), 0, c.x2 - c.x1 + 1, c.y2 - c.y1 + 1))
        .map(c -> c.scored(c.score, null).squared())
        .toList();
  }

  private List<Candidate> output(Image image, List<Candidate> candidates) {
    float threshold = options.thresholds().get(2);
    List<Candidate> passed = new ArrayList<>();
    forEachBatch(
        image,
        candidates,
        ONET_SIZE,
        onet,
        (c, i, out) -> {
          float p = get(out, PlainNetwork.PROBABILITY)[2 * i + 1];
          if (p > threshold) {
            float width = c.x2 - c.x1 + 1;
            float height = c.y2 - c.y1 + 1;
            float[] shares = get(out, PlainNetwork.LANDMARKS);
            float[] points = new float[10];
            for (int k = 0; k < 5; k++) {
              points[k] = width * shares[10 * i + k] + c.x1 - 1;
              points[5 + k] = height * shares[10 * i + 5 + k] + c.y1 - 1;
            }
            passed.add(
                c.scored(p, points)
                    .regressed(get(out, PlainNetwork.REGRESSION), 4 * i, width, height));
          }
        });
    return NonMaximumSuppression.keep(passed, ACROSS, Overlap.SMALLER);
  }

  /** Takes what a network says of a candidate: row {@code index} of its outputs. */
  private interface RowConsumer {
    void accept(Candidate candidate, int index, Map<String, float[]> outputs);
  }

  /** Cuts the candidates out, as far as they lie inside the image, and shows them to a network. */
  private static void forEachBatch(
      Image image,
      List<Candidate> candidates,
      int size,
      PlainNetwork network,
      RowConsumer consumer) {
    List<Candidate> visible =
        candidates.stream().filter(c -> new Pixels(c, image).isVisible()).toList();
    for (int start = 0; start < visible.size(); start += BATCH) {
      List<Candidate> batch = visible.subList(start, Math.min(start + BATCH, visible.size()));
      FloatBuffer crops = PlainNetwork.buffer(batch.size() * 3 * size * size);
      for (Candidate candidate : batch) {
        Pixels p = new Pixels(candidate, image);
        PlainAreaResampler.resample(image, p.left, p.top, p.right, p.bottom, size, size, crops);
      }
      Map<String, float[]> out = network.run(crops.flip(), batch.size(), size, size);
      for (int i = 0; i < batch.size(); i++) {
        consumer.accept(batch.get(i), i, out);
      }
    }
  }

  /**
   * The pixels of a candidate: its edges are truncated, counted from one, and both ends belong to
   * it.
   */
  private static final class Pixels {
    final int left;
    final int top;
    final int right;
    final int bottom;

    Pixels(Candidate c, Image image) {
      left = Math.max((int) c.x1, 1) - 1;
      top = Math.max((int) c.y1, 1) - 1;
      right = Math.min((int) c.x2, image.width());
      bottom = Math.min((int) c.y2, image.height());
    }

    boolean isVisible() {
      return right > left && bottom > top;
    }
  }

  private static Face face(Candidate c) {
    float[] points = Objects.requireNonNull(c.landmarks);
    float[] xy = new float[10];
    for (int k = 0; k < 5; k++) {
      xy[2 * k] = points[k];
      xy[2 * k + 1] = points[5 + k];
    }
    float x2 = Math.max(c.x1, c.x2);
    float y2 = Math.max(c.y1, c.y2);
    return new Face(new Box(c.x1, c.y1, x2, y2), Landmarks.of(xy), c.score);
  }

  private static float[] get(Map<String, float[]> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }
}
