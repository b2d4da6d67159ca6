package io.facepipeline.detection.mtcnn.cascade;

import org.jspecify.annotations.Nullable;

/** A box that may hold a face, on its way through the cascade; in pixels of the image. */
final class Candidate {
  final float x1;
  final float y1;
  final float x2;
  final float y2;
  final float score;

  /** Ten numbers, x of the five landmarks and then y, once O-Net has seen the candidate. */
  final float @Nullable [] landmarks;

  Candidate(float x1, float y1, float x2, float y2, float score, float @Nullable [] landmarks) {
    this.x1 = x1;
    this.y1 = y1;
    this.x2 = x2;
    this.y2 = y2;
    this.score = score;
    this.landmarks = landmarks;
  }

  /** Moves the edges by a network's regression, in shares of the box's own width and height. */
  Candidate regressed(float[] regression, int offset, float width, float height) {
    return new Candidate(
        x1 + regression[offset] * width,
        y1 + regression[offset + 1] * height,
        x2 + regression[offset + 2] * width,
        y2 + regression[offset + 3] * height,
        score,
        landmarks);
  }

  /** The square about the same center whose side is the longer one. */
  Candidate squared() {
    float w = x2 - x1;
    float h = y2 - y1;
    float side = Math.max(w, h);
    float left = x1 + w * 0.5f - side * 0.5f;
    float top = y1 + h * 0.5f - side * 0.5f;
    return new Candidate(left, top, left + side, top + side, score, landmarks);
  }

  Candidate scored(float newScore, float @Nullable [] newLandmarks) {
    return new Candidate(x1, y1, x2, y2, newScore, newLandmarks);
  }
}
