package io.facepipeline.detection;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Workers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The three stages of MTCNN as facenet-pytorch's {@code detect_face} takes them, cut into tasks for
 * several workers: strips of pyramid levels for P-Net, chunks of candidates for R- and O-Net. The
 * networks run in the worker's own thread. Thread-safe.
 */
final class FastCascade {
  /** What P-Net sees of the image at once. */
  private static final int CELL = 12;

  /** How far two neighbouring outputs of P-Net are apart. */
  private static final int STRIDE = 2;

  /**
   * Rows of P-Net's output that make a task: enough to be worth a run, few enough to stay in the
   * cache.
   */
  private static final int STRIP_ROWS = 64;

  private static final int RNET_SIZE = 24;
  private static final int ONET_SIZE = 48;
  private static final int RNET_CHUNK = 32;
  private static final int ONET_CHUNK = 8;
  private static final float WITHIN_LEVEL = 0.5f;
  private static final float ACROSS = 0.7f;

  private final Network pnet;
  private final Network rnet;
  private final Network onet;
  private final MtcnnOptions options;
  private final Workers workers;
  private final ConcurrentLinkedQueue<Scratch> scratches = new ConcurrentLinkedQueue<>();

  FastCascade(Network pnet, Network rnet, Network onet, MtcnnOptions options, Workers workers) {
    this.pnet = pnet;
    this.rnet = rnet;
    this.onet = onet;
    this.options = options;
    this.workers = workers;
  }

  List<Face> detect(Image image) {
    Proposals candidates = propose(image);
    candidates = refine(image, candidates);
    candidates = output(image, candidates);
    List<Face> faces = new ArrayList<>(candidates.size());
    for (int i = 0; i < candidates.size(); i++) {
      faces.add(face(candidates, i));
    }
    faces.sort(Comparator.comparingDouble((Face f) -> f.box().area()).reversed());
    return List.copyOf(faces);
  }

  /**
   * The scales of the pyramid, from the largest level to the smallest whose short side P-Net can
   * still see.
   */
  static List<Double> scales(int width, int height, int minFaceSize, double factor) {
    List<Double> scales = new ArrayList<>();
    double scale = (double) CELL / minFaceSize;
    double side = Math.min(width, height) * scale;
    while (side >= CELL) {
      scales.add(scale);
      scale *= factor;
      side *= factor;
    }
    return scales;
  }

  /** The side of P-Net's output: two convolutions of 3 about a pool of 2, and another of 3. */
  static int outputSize(int side) {
    return (side - 2 + 1) / 2 - 4;
  }

  /** Some rows of P-Net's output on one pyramid level. */
  private record Strip(int level, double scale, int width, int height, int firstRow, int rows) {
    /** The first row of the level that the strip's first output sees. */
    int top() {
      return STRIDE * firstRow;
    }

    /** The rows of the level that the strip sees; the last strip takes what is left. */
    int sight() {
      return Math.min(height - top(), STRIDE * rows + CELL - STRIDE);
    }
  }

  private List<Strip> strips(Image image) {
    List<Strip> strips = new ArrayList<>();
    List<Double> scales =
        scales(image.width(), image.height(), options.minFaceSize(), options.factor());
    for (int level = 0; level < scales.size(); level++) {
      double scale = scales.get(level);
      int width = (int) (image.width() * scale + 1);
      int height = (int) (image.height() * scale + 1);
      int rows = outputSize(height);
      int parts = (rows + STRIP_ROWS - 1) / STRIP_ROWS;
      for (int part = 0; part < parts; part++) {
        int first = (int) ((long) rows * part / parts);
        int end = (int) ((long) rows * (part + 1) / parts);
        strips.add(new Strip(level, scale, width, height, first, end - first));
      }
    }
    return strips;
  }

  private Proposals propose(Image image) {
    List<Strip> strips = strips(image);
    Proposals[] found = new Proposals[strips.size()];
    workers.forEach(found.length, i -> found[i] = proposeStrip(image, strips.get(i)));
    Proposals all = new Proposals();
    Proposals level = new Proposals();
    for (int i = 0; i < found.length; i++) {
      level.addAll(found[i]);
      if (i + 1 == found.length || strips.get(i + 1).level() != strips.get(i).level()) {
        all.addAll(level.suppress(WITHIN_LEVEL, false));
        level.clear();
      }
    }
    Proposals kept = all.suppress(ACROSS, false);
    kept.regress(0);
    kept.square();
    return kept;
  }

  private Proposals proposeStrip(Image image, Strip strip) {
    int sight = strip.sight();
    Scratch scratch = take(3 * strip.width() * sight);
    try {
      scratch.resampler.resample(
          image,
          0,
          0,
          image.width(),
          image.height(),
          strip.width(),
          strip.height(),
          strip.top(),
          sight,
          scratch.input,
          0);
      Map<String, float[]> out = pnet.run(scratch.input, 1, sight, strip.width());
      return proposals(out, strip);
    } finally {
      scratches.add(scratch);
    }
  }

  private Proposals proposals(Map<String, float[]> out, Strip strip) {
    float[] probability = get(out, Network.PROBABILITY);
    float[] regression = get(out, Network.REGRESSION);
    int columns = outputSize(strip.width());
    int cells = probability.length / 2;
    float threshold = options.thresholds().get(0);
    float scale = (float) strip.scale();
    Proposals found = new Proposals();
    for (int i = 0; i < cells; i++) {
      float p = probability[cells + i];
      if (p >= threshold) {
        int x = i % columns;
        int y = strip.firstRow() + i / columns;
        int row =
            found.add(
                (float) Math.floor((STRIDE * x + 1) / scale),
                (float) Math.floor((STRIDE * y + 1) / scale),
                (float) Math.floor((STRIDE * x + CELL) / scale),
                (float) Math.floor((STRIDE * y + CELL) / scale),
                p);
        for (int k = 0; k < 4; k++) {
          found.set(row, Proposals.REGRESSION + k, regression[k * cells + i]);
        }
      }
    }
    return found;
  }

  private Proposals refine(Image image, Proposals candidates) {
    Proposals passed =
        look(image, candidates, rnet, RNET_SIZE, RNET_CHUNK, options.thresholds().get(1));
    Proposals kept = passed.suppress(ACROSS, false);
    kept.regress(1);
    kept.square();
    return kept;
  }

  private Proposals output(Image image, Proposals candidates) {
    Proposals passed =
        look(image, candidates, onet, ONET_SIZE, ONET_CHUNK, options.thresholds().get(2));
    for (int i = 0; i < passed.size(); i++) {
      float x1 = passed.get(i, 0);
      float y1 = passed.get(i, 1);
      float width = passed.get(i, 2) - x1 + 1;
      float height = passed.get(i, 3) - y1 + 1;
      for (int k = 0; k < 5; k++) {
        int x = Proposals.LANDMARKS + k;
        passed.set(i, x, width * passed.get(i, x) + x1 - 1);
        passed.set(i, x + 5, height * passed.get(i, x + 5) + y1 - 1);
      }
    }
    passed.regress(1);
    return passed.suppress(ACROSS, true);
  }

  /**
   * Shows the candidates, as far as they lie inside the image, to a network; those that pass come
   * back in order.
   */
  private Proposals look(
      Image image, Proposals candidates, Network network, int size, int chunk, float threshold) {
    int[] visible = visible(image, candidates);
    int chunks = (visible.length + chunk - 1) / chunk;
    Proposals[] passed = new Proposals[chunks];
    workers.forEach(
        chunks,
        c -> {
          int start = c * chunk;
          int count = Math.min(chunk, visible.length - start);
          passed[c] = lookAt(image, candidates, visible, start, count, network, size, threshold);
        });
    Proposals all = new Proposals();
    for (Proposals part : passed) {
      all.addAll(part);
    }
    return all;
  }

  private Proposals lookAt(
      Image image,
      Proposals candidates,
      int[] visible,
      int start,
      int count,
      Network network,
      int size,
      float threshold) {
    int plane = 3 * size * size;
    Scratch scratch = take(count * plane);
    try {
      for (int i = 0; i < count; i++) {
        int row = visible[start + i];
        scratch.resampler.resample(
            image,
            left(candidates, row),
            top(candidates, row),
            right(candidates, row, image),
            bottom(candidates, row, image),
            size,
            size,
            0,
            size,
            scratch.input,
            i * plane);
      }
      Map<String, float[]> out = network.run(scratch.input, count, size, size);
      return passing(candidates, visible, start, count, out, threshold);
    } finally {
      scratches.add(scratch);
    }
  }

  private static Proposals passing(
      Proposals candidates,
      int[] visible,
      int start,
      int count,
      Map<String, float[]> out,
      float threshold) {
    float[] probability = get(out, Network.PROBABILITY);
    float[] regression = get(out, Network.REGRESSION);
    float[] landmarks = out.get(Network.LANDMARKS);
    Proposals passed = new Proposals();
    for (int i = 0; i < count; i++) {
      float p = probability[2 * i + 1];
      if (p > threshold) {
        int from = visible[start + i];
        int row =
            passed.add(
                candidates.get(from, 0),
                candidates.get(from, 1),
                candidates.get(from, 2),
                candidates.get(from, 3),
                p);
        for (int k = 0; k < 4; k++) {
          passed.set(row, Proposals.REGRESSION + k, regression[4 * i + k]);
        }
        for (int k = 0; landmarks != null && k < 10; k++) {
          passed.set(row, Proposals.LANDMARKS + k, landmarks[10 * i + k]);
        }
      }
    }
    return passed;
  }

  /** The rows of the candidates that have a pixel inside the image. */
  private static int[] visible(Image image, Proposals candidates) {
    int[] rows = new int[candidates.size()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (right(candidates, i, image) > left(candidates, i)
          && bottom(candidates, i, image) > top(candidates, i)) {
        rows[count++] = i;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  // The pixels of a candidate: its edges are truncated, counted from one, and both ends belong to
  // it.

  private static int left(Proposals candidates, int row) {
    return Math.max((int) candidates.get(row, 0), 1) - 1;
  }

  private static int top(Proposals candidates, int row) {
    return Math.max((int) candidates.get(row, 1), 1) - 1;
  }

  private static int right(Proposals candidates, int row, Image image) {
    return Math.min((int) candidates.get(row, 2), image.width());
  }

  private static int bottom(Proposals candidates, int row, Image image) {
    return Math.min((int) candidates.get(row, 3), image.height());
  }

  private static Face face(Proposals c, int row) {
    float[] xy = new float[10];
    for (int k = 0; k < 5; k++) {
      xy[2 * k] = c.get(row, Proposals.LANDMARKS + k);
      xy[2 * k + 1] = c.get(row, Proposals.LANDMARKS + 5 + k);
    }
    float x1 = c.get(row, 0);
    float y1 = c.get(row, 1);
    Box box = new Box(x1, y1, Math.max(x1, c.get(row, 2)), Math.max(y1, c.get(row, 3)));
    return new Face(box, Landmarks.of(xy), c.get(row, Proposals.SCORE));
  }

  private static float[] get(Map<String, float[]> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }

  /** What one task works in; kept for the next. */
  private static final class Scratch {
    final AreaStrip resampler = new AreaStrip();
    FloatBuffer input = FloatBuffer.allocate(0);
  }

  private Scratch take(int floats) {
    Scratch scratch = scratches.poll();
    if (scratch == null) {
      scratch = new Scratch();
    }
    if (scratch.input.capacity() < floats) {
      scratch.input =
          ByteBuffer.allocateDirect(floats * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
    }
    scratch.input.clear().limit(floats);
    return scratch;
  }
}
