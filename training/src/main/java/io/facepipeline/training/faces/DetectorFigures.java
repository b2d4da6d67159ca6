package io.facepipeline.training.faces;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a detector reaches on photos that were kept out of its training.
 *
 * @param detection on photos in which every face is marked
 * @param markedFaces how many faces have marked landmarks
 * @param landmarkErrors of those that were found: the mean distance of the five points from the
 *     marked ones, in eye distances
 */
public record DetectorFigures(
    DetectionReport detection, int markedFaces, List<Double> landmarkErrors) {
  /**
   * A face is found if the landmarks of a detection are nearer than this to the marked ones, on
   * average, in eye distances. The boxes that come with the landmarks are drawn by another rule
   * than any detector's.
   */
  private static final double FOUND = 0.5;

  private static final List<Long> FALSE_POSITIVES = List.of(10L, 50L);

  /** {@return the figures of a detector} */
  public static DetectorFigures of(
      FaceDetector detector,
      List<ValidationPhoto> detection,
      List<ValidationPhoto> landmarks,
      Workers workers) {
    List<List<Face>> found = detect(detector, detection, workers);
    List<DetectionReport.Photo> judged = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      judged.add(new DetectionReport.Photo(detection.get(i).faces(), found.get(i)));
    }
    List<List<Face>> portraits = detect(detector, landmarks, workers);
    List<Double> errors = new ArrayList<>();
    int marked = 0;
    for (int i = 0; i < portraits.size(); i++) {
      for (AnnotatedFace face : landmarks.get(i).faces()) {
        Landmarks truth = face.marked();
        if (truth != null) {
          marked++;
          portraits.get(i).stream()
              .mapToDouble(f -> truth.errorOf(f.landmarks()))
              .filter(error -> error < FOUND)
              .min()
              .ifPresent(errors::add);
        }
      }
    }
    return new DetectorFigures(DetectionReport.of(judged), marked, List.copyOf(errors));
  }

  private static List<List<Face>> detect(
      FaceDetector detector, List<ValidationPhoto> photos, Workers workers) {
    List<List<Face>> found = new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    workers.forEach(
        photos.size(), i -> found.set(i, detector.detect(Image.read(photos.get(i).file()))));
    return found;
  }

  /**
   * {@return the figures by name; those for which there are photos}
   *
   * @param detectionName how the names of the figures of detection begin
   * @param landmarkName how those of landmarks begin
   */
  public Map<String, Double> values(String detectionName, String landmarkName) {
    Map<String, Double> values = new TreeMap<>();
    if (detection.regions().faces() > 0) {
      for (long falsePositives : FALSE_POSITIVES) {
        values.put(
            detectionName + "RecallAt" + falsePositives + "FalsePositives",
            detection.regions().at(falsePositives).recall());
      }
      values.put(detectionName + "AveragePrecision", detection.boxes().averagePrecision());
    }
    if (markedFaces > 0) {
      values.put(landmarkName + "Recall", (double) landmarkErrors.size() / markedFaces);
      // Where no face was found there is no error to tell.
      landmarkErrors.stream()
          .mapToDouble(e -> e)
          .average()
          .ifPresent(error -> values.put(landmarkName + "LandmarkError", error));
    }
    return values;
  }
}
