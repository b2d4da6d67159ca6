package io.facepipeline.training.detector;

import io.facepipeline.Image;
import io.facepipeline.training.faces.TrueFaces;

/**
 * What the network sees in training.
 *
 * @param image a square
 * @param truth what it shows, in pixels of the square
 */
record View(Image image, TrueFaces truth) {}
