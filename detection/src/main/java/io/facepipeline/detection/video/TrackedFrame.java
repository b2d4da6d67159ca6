package io.facepipeline.detection.video;

import io.facepipeline.Face;
import io.facepipeline.Image;
import java.util.List;

/**
 * The faces of one frame. Immutable.
 *
 * @param image the frame
 * @param index its index in the sequence, from 0
 * @param detected whether the detector searched the whole frame, and not only the expected places
 * @param cut whether it starts a scene
 * @param faces the faces, by id
 */
public record TrackedFrame(
    Image image, long index, boolean detected, boolean cut, List<TrackedFace> faces) {
  /** Copies the list. */
  public TrackedFrame {
    faces = List.copyOf(faces);
  }

  /**
   * A face in a frame, with the id that it has in every other frame.
   *
   * @param id the track's id, from 1
   * @param face the face in this frame
   */
  public record TrackedFace(int id, Face face) {}
}
