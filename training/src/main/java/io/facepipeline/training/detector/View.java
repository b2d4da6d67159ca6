package io.facepipeline.training.detector;

import io.facepipeline.training.faces.TrueFaces;

/**
 * What the network sees in training.
 *
 * @param rgb the bytes of a square, row by row
 * @param truth what it shows, in pixels of the square
 */
record View(byte[] rgb, TrueFaces truth) {}
