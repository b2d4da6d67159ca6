package io.facepipeline.training.detector;

import io.facepipeline.Image;
import io.facepipeline.training.faces.TrueFaces;

/**
 * What the network sees in training.
 *
 * @param image a square
 * @param taught the same as a teacher sees it: in its own colors, and with nothing over the faces
 * @param truth what both show, in pixels of the square
 */
record View(Image image, Image taught, TrueFaces truth) {}
