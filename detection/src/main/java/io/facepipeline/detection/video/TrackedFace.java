package io.facepipeline.detection.video;

import io.facepipeline.Face;

/**
 * A face in a frame, with the id that it has in every other frame.
 *
 * @param id the track's id, from 1
 * @param face the face in this frame
 */
public record TrackedFace(int id, Face face) {}
