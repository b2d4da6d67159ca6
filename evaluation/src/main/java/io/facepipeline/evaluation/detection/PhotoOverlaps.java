package io.facepipeline.evaluation.detection;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import java.util.List;

/**
 * The scores of a photo's detections, and their intersection over union with each annotated region:
 * {@code overlaps[region][detection]}.
 */
final class PhotoOverlaps {
  final double[] scores;
  final double[][] overlaps;

  PhotoOverlaps(double[] scores, double[][] overlaps) {
    this.scores = scores;
    this.overlaps = overlaps;
  }

  static PhotoOverlaps of(List<FaceRegion> regions, List<Face> detected) {
    double[] scores = detected.stream().mapToDouble(Face::score).toArray();
    double[][] overlaps = new double[regions.size()][detected.size()];
    for (int r = 0; r < regions.size(); r++) {
      for (int d = 0; d < detected.size(); d++) {
        Box box = detected.get(d).box();
        overlaps[r][d] = regions.get(r).intersectionOverUnion(box);
      }
    }
    return new PhotoOverlaps(scores, overlaps);
  }
}
