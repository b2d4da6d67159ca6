package io.facepipeline.detection.onestage;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.MalformedModelException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of one-stage detectors, each as its authors run it. */
enum Family {
  /**
   * YuNet (Wu et al., 2023), as OpenCV's {@code FaceDetectorYN} runs it: the photo in its own size,
   * padded to a multiple of 32.
   */
  YUNET("YuNet", ColorOrder.BGR, List.of(0f), List.of(1f), 0.6f, 0.3f),

  /** SCRFD (Guo et al., 2021), as InsightFace runs it: within a square of 640 pixels. */
  SCRFD("SCRFD", ColorOrder.RGB, List.of(127.5f), List.of(128f), 0.5f, 0.4f),

  /** RetinaFace (Deng et al., 2019) in the form of github.com/biubug6/Pytorch_Retinaface. */
  RETINAFACE("RetinaFace", ColorOrder.BGR, List.of(104f, 117f, 123f), List.of(1f), 0.6f, 0.4f),

  /** github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB: boxes without landmarks. */
  ULTRA_LIGHT("Ultra-Light", ColorOrder.RGB, List.of(127f), List.of(128f), 0.7f, 0.3f),

  /** The library's own ({@link ScanNetwork}), padded as YuNet. */
  SCAN("Scan", ColorOrder.RGB, List.of(127.5f), List.of(128f), 0.5f, 0.4f);

  /** The sides of RetinaFace's anchors in pixels, for each stride. */
  static final int[][] RETINAFACE_SIDES = {{16, 32}, {64, 128}, {256, 512}};

  /** How many boxes Ultra-Light predicts per cell, for the strides 8, 16, 32 and 64. */
  static final int[] ULTRA_LIGHT_BOXES = {3, 2, 2, 3};

  final String architecture;
  final ColorOrder colorOrder;
  final List<Float> mean;
  final List<Float> deviation;
  final float scoreThreshold;
  final float suppression;

  Family(
      String architecture,
      ColorOrder colorOrder,
      List<Float> mean,
      List<Float> deviation,
      float scoreThreshold,
      float suppression) {
    this.architecture = architecture;
    this.colorOrder = colorOrder;
    this.mean = mean;
    this.deviation = deviation;
    this.scoreThreshold = scoreThreshold;
    this.suppression = suppression;
  }

  /** The side in pixels of faces that the family's networks find well enough. */
  double foundSide() {
    return this == SCAN ? 18 : 20;
  }

  /** The family of a catalog entry's architecture. */
  static Family named(String id, String architecture) {
    return Arrays.stream(values())
        .filter(family -> family.architecture.equals(architecture))
        .findFirst()
        .orElseThrow(
            () ->
                new MalformedModelException(
                    "the detector "
                        + id
                        + " is of the architecture "
                        + architecture
                        + ", which is none of the one-stage detectors "
                        + names()));
  }

  static String names() {
    return Arrays.stream(values()).map(f -> f.architecture).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return architecture;
  }
}
