package io.facepipeline;

/**
 * A face that a detector found.
 *
 * @param box where it is, in pixels of the upright image
 * @param landmarks its five landmarks, in pixels of the upright image
 * @param score how sure the detector is, 0 to 1
 */
public record Face(Box box, Landmarks landmarks, float score) {}
