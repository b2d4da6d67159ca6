package io.facepipeline.attributes;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.List;

/** A detector's faces with the landmarks of a model of points. */
class RefinedDetector implements FaceDetector, LandmarkFinder {
  private final FaceDetector detector;
  private final FaceAttribute points;

  /** Which points' middles are the landmarks. */
  private final List<List<Integer>> five;

  RefinedDetector(FaceDetector detector, FaceAttribute points, List<List<Integer>> five) {
    this.detector = detector;
    this.points = points;
    this.five = five;
  }

  /** The same of a detector that can follow faces. */
  static final class Following extends RefinedDetector implements FaceRefiner {
    private final FaceRefiner refiner;

    Following(
        FaceDetector detector,
        FaceRefiner refiner,
        FaceAttribute points,
        List<List<Integer>> five) {
      super(detector, points, five);
      this.refiner = refiner;
    }

    @Override
    public List<Face> refine(Image image, List<Box> boxes) {
      return refined(image, refiner.refine(image, boxes));
    }
  }

  @Override
  public List<Face> detect(Image image) {
    return refined(image, detector.detect(image));
  }

  @Override
  public List<Landmarks> landmarks(Image image, List<Box> boxes) {
    // The model cuts by boxes, so these landmarks play no part.
    Landmarks any = Landmarks.of(0, 0, 1, 0, 0.5f, 0.5f, 0, 1, 1, 1);
    return found(image, boxes.stream().map(box -> new Face(box, any, 1)).toList());
  }

  final List<Face> refined(Image image, List<Face> faces) {
    List<Landmarks> found = found(image, faces);
    List<Face> refined = new ArrayList<>(faces.size());
    for (int i = 0; i < faces.size(); i++) {
      Face face = faces.get(i);
      refined.add(new Face(face.box(), found.get(i), face.score()));
    }
    return List.copyOf(refined);
  }

  private List<Landmarks> found(Image image, List<Face> faces) {
    return points.classify(image, faces).stream().map(told -> five(told.points())).toList();
  }

  private Landmarks five(List<Point> all) {
    float[] xy = new float[2 * five.size()];
    for (int i = 0; i < five.size(); i++) {
      List<Integer> group = five.get(i);
      xy[2 * i] = (float) group.stream().mapToDouble(k -> all.get(k).x()).average().orElseThrow();
      xy[2 * i + 1] =
          (float) group.stream().mapToDouble(k -> all.get(k).y()).average().orElseThrow();
    }
    return Landmarks.of(xy);
  }

  @Override
  public void close() {
    try {
      detector.close();
    } finally {
      points.close();
    }
  }

  @Override
  public String toString() {
    return detector + " with the landmarks of " + points;
  }
}
