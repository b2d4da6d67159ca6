package io.facepipeline.detection.onestage;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.detection.work.Parts;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.detection.work.Spare;
import io.facepipeline.detection.work.Suppression;
import io.facepipeline.internal.BoxFaces;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A one-stage detector: the parts of a photo go through the network on several workers, and the
 * candidates of all are suppressed together. Keeps its working memory from one photo to the next.
 * Thread-safe.
 */
class OneStageDetector implements FaceDetector {
  private final String name;
  private final Network network;
  private final Passes passes;
  private final Decoder decoder;
  private final int inputSize;
  private final int minFaceSize;
  private final double foundSide;
  private final float suppression;
  private final @Nullable BoxFaces landmarks;
  private final Workers workers;
  private final Spare<Frame> frames = new Spare<>(Frame::new);
  private final Spare<Scratch> scratches;

  /** The same with a finder of landmarks that can also follow faces through a video. */
  static final class Following extends OneStageDetector implements FaceRefiner {
    private final FaceRefiner refiner;

    /**
     * @param refiner the finder of the landmarks
     */
    Following(
        String name, Network network, Settings settings, BoxFaces landmarks, FaceRefiner refiner) {
      super(name, network, settings, landmarks);
      this.refiner = refiner;
    }

    @Override
    public List<Face> refine(Image image, List<Box> boxes) {
      return refiner.refine(image, boxes);
    }
  }

  /** The candidates of one photo. */
  private static final class Frame {
    private final Parts parts = new Parts();
    private final Proposals found = new Proposals();
    private final Proposals kept = new Proposals();
    private final Suppression suppression = new Suppression();
  }

  /**
   * @param network the network, which the detector closes
   * @param landmarks finds landmarks if the network does not; closed with the detector
   */
  OneStageDetector(String name, Network network, Settings settings, @Nullable BoxFaces landmarks) {
    this.name = name;
    this.network = network;
    this.landmarks = landmarks;
    Heads heads = network.heads();
    Family family = heads.family;
    Float threshold = settings.scoreThreshold;
    Float shared = settings.suppression;
    Integer longer = settings.inputSize;
    inputSize = longer != null ? longer : network.usualInputSize();
    passes = network.passes();
    decoder = new Decoder(heads, threshold != null ? threshold : family.scoreThreshold);
    suppression = shared != null ? shared : family.suppression;
    minFaceSize = settings.minFaceSize;
    foundSide = family.foundSide();
    scratches = new Spare<>(network::scratch);
    workers = new Workers(settings.parallelism);
  }

  @Override
  public List<Face> detect(Image image) {
    List<Pass> runs = runs(image.width(), image.height());
    Frame frame = frames.take();
    try {
      frame.parts.divide(runs.size());
      OnnxModel model = network.model(runs.size() == 1);
      workers.forEach(runs.size(), i -> look(model, image, runs.get(i), frame.parts.get(i)));
      frame.parts.joinInto(frame.found, runs.size());
      frame.suppression.byUnion(frame.found, frame.kept, suppression);
      return FaceSuppression.withoutRepeats(faces(image, frame.kept));
    } finally {
      frames.giveBack(frame);
    }
  }

  private List<Pass> runs(int width, int height) {
    return inputSize == Settings.FULL_SIZE
        ? passes.full(width, height, Math.min(1, foundSide / minFaceSize))
        : List.of(passes.whole(width, height, inputSize));
  }

  private void look(OnnxModel model, Image image, Pass pass, Proposals seen) {
    int width = pass.inputWidth();
    int height = pass.inputHeight();
    Scratch scratch = scratches.take();
    try {
      FloatBuffer input = scratch.input.room(3 * width * height);
      scratch.image.fill(image, pass, input);
      scratch.prepare(width, height);
      model.run(input, network.inputShape(width, height), scratch.outputs, scratch.shapes);
      scratch.candidates.clear();
      decoder.decode(scratch.inOrder, width, height, scratch.candidates);
      for (int row = 0; row < scratch.candidates.size(); row++) {
        if (pass.isWhole(scratch.candidates, row)) {
          int at = seen.copyRow(scratch.candidates, row);
          pass.toPhoto(seen, at, image.width(), image.height(), network.heads().hasLandmarks);
        }
      }
    } finally {
      scratches.giveBack(scratch);
    }
  }

  private List<Face> faces(Image image, Proposals kept) {
    List<Face> faces = new ArrayList<>();
    List<Box> boxes = new ArrayList<>();
    List<Float> scores = new ArrayList<>();
    for (int row = 0; row < kept.size(); row++) {
      Box box = kept.box(row);
      if (isWanted(box, image)) {
        boxes.add(box);
        scores.add(kept.get(row, Proposals.SCORE));
        if (landmarks == null) {
          faces.add(new Face(box, kept.landmarks(row), kept.get(row, Proposals.SCORE)));
        }
      }
    }
    return landmarks == null ? Proposals.largestFirst(faces) : landmarks.of(image, boxes, scores);
  }

  /** Whether a box is large enough, and not in the black beside the photo. */
  private boolean isWanted(Box box, Image image) {
    return Math.max(box.width(), box.height()) >= minFaceSize
        && box.x2() >= 1
        && box.y2() >= 1
        && box.x1() < image.width() - 1
        && box.y1() < image.height() - 1;
  }

  @Override
  public void close() {
    workers.close();
    try {
      network.close();
    } finally {
      if (landmarks != null) {
        landmarks.close();
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
