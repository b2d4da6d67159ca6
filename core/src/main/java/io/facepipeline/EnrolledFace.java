package io.facepipeline;

/**
 * A face that was enrolled, and how well it can be recognised: a photo with {@linkplain
 * FaceQuality#warnings warnings} should be replaced by a better one.
 *
 * @param face the face
 * @param quality what was seen of it
 */
public record EnrolledFace(Face face, FaceQuality quality) {}
