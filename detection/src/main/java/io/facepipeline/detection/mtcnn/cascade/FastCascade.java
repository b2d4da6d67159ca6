package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.cascade.Pyramid.Strip;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.detection.work.Spare;
import io.facepipeline.internal.Workers;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The three stages of MTCNN as facenet-pytorch's {@code detect_face} takes them, cut into tasks for
 * several workers: strips of pyramid levels for P-Net, chunks of candidates for R- and O-Net. The
 * networks run in the worker's own thread. Keeps its working memory from one image to the next, one
 * set for each image and task that were under way at once. Thread-safe.
 */
public final class FastCascade {
  private static final int RNET_SIZE = 24;
  private static final int ONET_SIZE = 48;
  private static final int AXES = 2;
  private static final int POINTS = 5;
  private static final float WITHIN_LEVEL = 0.5f;
  private static final float ACROSS = 0.7f;

  /** A threshold that every probability passes. */
  private static final float EVERYTHING = -1;

  private final Network pnet;
  private final Network rnet;
  private final Network onet;
  private final MtcnnOptions options;
  private final Workers workers;
  private final TaskSizes tasks;
  private final FaceLogit pnetLogit;
  private final Spare<Frame> frames = new Spare<>(Frame::new);
  private final Spare<Scratch> scratches = new Spare<>(Scratch::new);

  public FastCascade(
      Network pnet, Network rnet, Network onet, MtcnnOptions options, Workers workers) {
    this(pnet, rnet, onet, options, workers, TaskSizes.CHOSEN);
  }

  FastCascade(
      Network pnet,
      Network rnet,
      Network onet,
      MtcnnOptions options,
      Workers workers,
      TaskSizes tasks) {
    this.pnet = pnet;
    this.rnet = rnet;
    this.onet = onet;
    this.options = options;
    this.workers = workers;
    this.tasks = tasks;
    pnetLogit = FaceLogit.of(options.thresholds().get(0));
  }

  public List<Face> detect(Image image) {
    // All stages in one call: the work is handed over to another thread once.
    return workers.call(() -> detectHere(image));
  }

  private List<Face> detectHere(Image image) {
    Frame frame = frames.take();
    try {
      propose(image, frame);
      refine(image, frame);
      output(image, frame);
      return frame.candidates.faces();
    } finally {
      frames.giveBack(frame);
    }
  }

  /** The faces at given places: R- and O-Net see what P-Net might have proposed. */
  public List<Face> refine(Image image, List<Box> boxes) {
    Frame frame = frames.take();
    try {
      frame.candidates.clear();
      for (Box box : boxes) {
        frame.candidates.add(box.x1(), box.y1(), box.x2(), box.y2(), 1);
      }
      frame.candidates.square();
      refine(image, frame);
      output(image, frame);
      return frame.candidates.faces();
    } finally {
      frames.giveBack(frame);
    }
  }

  /** The landmarks in each of the boxes, whatever the networks think of them. */
  public List<Landmarks> landmarks(Image image, List<Box> boxes) {
    Frame frame = frames.take();
    try {
      frame.candidates.clear();
      for (Box box : boxes) {
        frame.candidates.add(box.x1(), box.y1(), box.x2(), box.y2(), 1);
        requireVisible(frame.candidates, box, image);
      }
      // R-Net moves the box to where O-Net is used to it, and O-Net to where it sees more exactly.
      frame.candidates.square();
      look(image, frame, rnet, RNET_SIZE, tasks.rnetChunk(), Network.BOX_CHANNELS, EVERYTHING);
      moveToFound(image, frame);
      look(image, frame, onet, ONET_SIZE, tasks.onetChunk(), Network.FACE_CHANNELS, EVERYTHING);
      moveToFound(image, frame);
      look(image, frame, onet, ONET_SIZE, tasks.onetChunk(), Network.FACE_CHANNELS, EVERYTHING);
      placeInSight(frame.found, image);
      List<Landmarks> all = new ArrayList<>(boxes.size());
      for (int i = 0; i < boxes.size(); i++) {
        all.add(frame.found.landmarks(i));
      }
      return all;
    } finally {
      frames.giveBack(frame);
    }
  }

  /**
   * The faces with landmarks of one more look of O-Net, at the box in which it found each: a face
   * in the middle has better landmarks. A face whose box misses the image keeps its own.
   */
  public List<Face> refineLandmarks(Image image, List<Face> faces) {
    Frame frame = frames.take();
    try {
      frame.candidates.clear();
      for (Face face : faces) {
        Box box = face.box();
        frame.candidates.add(box.x1(), box.y1(), box.x2(), box.y2(), 1);
      }
      frame.candidates.square();
      look(image, frame, onet, ONET_SIZE, tasks.onetChunk(), Network.FACE_CHANNELS, EVERYTHING);
      placeInSight(frame.found, image);
      List<Face> refined = new ArrayList<>(faces);
      for (int seen = 0; seen < frame.found.size(); seen++) {
        Face face = faces.get(frame.visible[seen]);
        refined.set(
            frame.visible[seen], new Face(face.box(), frame.found.landmarks(seen), face.score()));
      }
      return refined;
    } finally {
      frames.giveBack(frame);
    }
  }

  /** Moves each box to where the network that saw it finds the face. */
  private static void moveToFound(Image image, Frame frame) {
    frame.found.regress(1);
    frame.found.square();
    for (int i = 0; i < frame.found.size(); i++) {
      // Only a box that misses the image now stays as it was.
      if (isVisible(frame.found, i, image)) {
        frame.candidates.setBox(i, frame.found, i);
      }
    }
  }

  private static void requireVisible(Proposals candidates, Box box, Image image) {
    if (!isVisible(candidates, candidates.size() - 1, image)) {
      throw new AlignmentException(
          "the box " + box + " has no pixel inside " + image + "; give boxes of this image");
    }
  }

  void propose(Image image, Frame frame) {
    List<Strip> strips =
        Pyramid.strips(
            image.width(),
            image.height(),
            options.minFaceSize(),
            options.factor(),
            tasks.stripRows());
    frame.parts.divide(strips.size());
    workers.forEach(strips.size(), i -> proposeStrip(image, strips.get(i), frame.parts.get(i)));
    frame.found.clear();
    frame.level.clear();
    for (int i = 0; i < strips.size(); i++) {
      frame.level.addAll(frame.parts.get(i));
      if (i + 1 == strips.size() || strips.get(i + 1).level() != strips.get(i).level()) {
        frame.suppression.byUnion(frame.level, frame.kept, WITHIN_LEVEL);
        frame.found.addAll(frame.kept);
        frame.level.clear();
      }
    }
    frame.suppression.byUnion(frame.found, frame.candidates, ACROSS);
    frame.candidates.regress(0);
    frame.candidates.square();
  }

  private void proposeStrip(Image image, Strip strip, Proposals found) {
    int sight = strip.sight();
    int columns = strip.columns();
    int cells = strip.rows() * columns;
    Scratch scratch = scratches.take();
    try {
      FloatBuffer input = scratch.input.room(3 * strip.width() * sight);
      FloatBuffer heads = scratch.heads.room(Network.BOX_CHANNELS * cells);
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
          input,
          0);
      long[] shape = {1, Network.BOX_CHANNELS, strip.rows(), columns};
      pnet.run(input, 1, sight, strip.width(), heads, shape);
      collect(heads, scratch.logits(heads, cells), strip, columns, cells, found);
    } finally {
      scratches.giveBack(scratch);
    }
  }

  private void collect(
      FloatBuffer heads, float[] logits, Strip strip, int columns, int cells, Proposals found) {
    float least = pnetLogit.least();
    float threshold = options.thresholds().get(0);
    float scale = (float) strip.scale();
    for (int i = 0; i < cells; i++) {
      float logit = logits[i];
      if (logit < least) {
        continue;
      }
      float probability = FaceLogit.probability(logit);
      if (probability >= threshold) {
        int x = Pyramid.STRIDE * (i % columns);
        int y = Pyramid.STRIDE * (strip.firstRow() + i / columns);
        int row =
            found.add(
                (float) Math.floor((x + 1) / scale),
                (float) Math.floor((y + 1) / scale),
                (float) Math.floor((x + Pyramid.CELL) / scale),
                (float) Math.floor((y + Pyramid.CELL) / scale),
                probability);
        for (int k = 0; k < 4; k++) {
          found.set(row, Proposals.REGRESSION + k, heads.get((Network.REGRESSION + k) * cells + i));
        }
      }
    }
  }

  public void refine(Image image, Frame frame) {
    float threshold = options.thresholds().get(1);
    look(image, frame, rnet, RNET_SIZE, tasks.rnetChunk(), Network.BOX_CHANNELS, threshold);
    frame.suppression.byUnion(frame.found, frame.candidates, ACROSS);
    frame.candidates.regress(1);
    frame.candidates.square();
  }

  void output(Image image, Frame frame) {
    float threshold = options.thresholds().get(2);
    look(image, frame, onet, ONET_SIZE, tasks.onetChunk(), Network.FACE_CHANNELS, threshold);
    Proposals passed = frame.found;
    place(passed);
    passed.regress(1);
    frame.suppression.bySmaller(passed, frame.candidates, ACROSS);
  }

  /**
   * Makes coordinates of the landmarks, which O-Net gives as shares of the box, as facenet-pytorch
   * does: of the whole box with its fractions of a pixel.
   */
  private static void place(Proposals passed) {
    for (int i = 0; i < passed.size(); i++) {
      for (int axis = 0; axis < AXES; axis++) {
        float from = passed.get(i, axis);
        place(passed, i, axis, passed.get(i, axis + AXES) - from + 1, from, 1);
      }
    }
  }

  /** Likewise, of the pixels that O-Net saw: more exact by up to a pixel. */
  private static void placeInSight(Proposals passed, Image image) {
    for (int i = 0; i < passed.size(); i++) {
      int left = left(passed, i);
      int top = top(passed, i);
      place(passed, i, 0, right(passed, i, image) - left, left, 0);
      place(passed, i, 1, bottom(passed, i, image) - top, top, 0);
    }
  }

  private static void place(
      Proposals passed, int row, int axis, float length, float from, float less) {
    int first = Proposals.LANDMARKS + POINTS * axis;
    for (int at = first; at < first + POINTS; at++) {
      passed.set(row, at, length * passed.get(row, at) + from - less);
    }
  }

  /**
   * Shows the candidates, as far as they lie inside the image, to a network; those that pass are
   * found, in order.
   */
  private void look(
      Image image,
      Frame frame,
      Network network,
      int size,
      int chunk,
      int channels,
      float threshold) {
    seeVisible(image, frame);
    int chunks = TaskSizes.chunks(frame.count, chunk, workers.parallelism());
    frame.parts.divide(chunks);
    workers.forEach(
        chunks,
        c -> {
          int start = (int) ((long) frame.count * c / chunks);
          int count = (int) (frame.count * (c + 1L) / chunks) - start;
          lookAt(
              image, frame, start, count, network, size, channels, threshold, frame.parts.get(c));
        });
    frame.parts.joinInto(frame.found, chunks);
  }

  private void lookAt(
      Image image,
      Frame frame,
      int start,
      int count,
      Network network,
      int size,
      int channels,
      float threshold,
      Proposals passed) {
    int plane = 3 * size * size;
    Scratch scratch = scratches.take();
    try {
      FloatBuffer input = scratch.input.room(count * plane);
      FloatBuffer heads = scratch.heads.room(count * channels);
      for (int i = 0; i < count; i++) {
        int row = frame.visible[start + i];
        cut(scratch.resampler, image, frame.candidates, row, size, input, i * plane);
      }
      network.run(input, count, size, size, heads, new long[] {count, channels});
      for (int i = 0; i < count; i++) {
        float probability = FaceLogit.probability(heads.get(i * channels + Network.LOGIT));
        if (probability > threshold) {
          int row = passed.copyRow(frame.candidates, frame.visible[start + i]);
          passed.set(row, Proposals.SCORE, probability);
          for (int k = Network.REGRESSION; k < channels; k++) {
            passed.set(
                row, Proposals.REGRESSION + k - Network.REGRESSION, heads.get(i * channels + k));
          }
        }
      }
    } finally {
      scratches.giveBack(scratch);
    }
  }

  private static void seeVisible(Image image, Frame frame) {
    Proposals candidates = frame.candidates;
    if (frame.visible.length < candidates.size()) {
      frame.visible = new int[candidates.size()];
    }
    frame.count = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (isVisible(candidates, i, image)) {
        frame.visible[frame.count++] = i;
      }
    }
  }

  static boolean isVisible(Proposals candidates, int row, Image image) {
    return right(candidates, row, image) > left(candidates, row)
        && bottom(candidates, row, image) > top(candidates, row);
  }

  /** Resamples what lies inside the image of a visible candidate. */
  static void cut(
      AreaStrip resampler,
      Image image,
      Proposals candidates,
      int row,
      int size,
      FloatBuffer target,
      int offset) {
    resampler.resample(
        image,
        left(candidates, row),
        top(candidates, row),
        right(candidates, row, image),
        bottom(candidates, row, image),
        size,
        size,
        0,
        size,
        target,
        offset);
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
}
