package io.facepipeline.training.mtcnn;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Workers;
import io.facepipeline.evaluation.DetectionReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a detector reaches on photos that were kept out of its training.
 *
 * @param detection on FDDB's last fold
 * @param landmarks on the people of LFW's last fold
 */
record DetectorFigures(DetectionReport detection, DetectionReport landmarks) {

  /** {@return the figures of a detector} */
  static DetectorFigures of(FaceDetector detector, ResearchPhotos photos, Workers workers) {
    return new DetectorFigures(
        report(detector, photos.detection(), workers),
        report(detector, photos.landmarks(), workers));
  }

  private static DetectionReport report(
      FaceDetector detector, List<ValidationPhoto> photos, Workers workers) {
    List<List<Face>> found = new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    workers.forEach(
        photos.size(), i -> found.set(i, detector.detect(Image.read(photos.get(i).file()))));
    List<DetectionReport.Photo> judged = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      judged.add(new DetectionReport.Photo(photos.get(i).faces(), found.get(i)));
    }
    return DetectionReport.of(judged);
  }

  /** {@return the share of the faces with marked landmarks that were found} */
  double landmarkRecall() {
    return (double) landmarks.landmarkErrors().size() / Math.max(1, landmarks.regions().faces());
  }

  /** {@return the figures by name, for a checkpoint's metadata} */
  Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    if (detection.regions().faces() > 0) {
      for (long falsePositives : List.of(10L, 50L)) {
        values.put(
            "fddb.recallAt" + falsePositives + "FalsePositives",
            text(detection.regions().at(falsePositives).recall()));
      }
    }
    if (landmarks.regions().faces() > 0) {
      values.put("lfw.recall", text(landmarkRecall()));
      values.put("lfw.landmarkError", text(landmarks.meanLandmarkError()));
    }
    return values;
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
