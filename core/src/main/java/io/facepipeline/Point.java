package io.facepipeline;

/**
 * A position in pixels; (0, 0) is the center of the top left pixel, x grows to the right, y
 * downwards.
 *
 * @param x horizontal position in pixels
 * @param y vertical position in pixels
 */
public record Point(float x, float y) {}
