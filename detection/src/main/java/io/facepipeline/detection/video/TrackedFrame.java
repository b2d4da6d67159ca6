package io.facepipeline.detection.video;

import io.facepipeline.Image;
import java.util.List;

/**
 * What was found in one frame. Immutable.
 *
 * @param image the frame
 * @param index its place in the sequence, from 0
 * @param detected whether the detector looked at the whole of it, rather than at the expected
 *     places only
 * @param cut whether it starts a scene
 * @param faces the faces, by id
 */
public record TrackedFrame(
    Image image, long index, boolean detected, boolean cut, List<TrackedFace> faces) {
  /** Copies the list. */
  public TrackedFrame {
    faces = List.copyOf(faces);
  }
}
