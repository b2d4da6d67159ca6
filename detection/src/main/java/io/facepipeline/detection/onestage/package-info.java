/** One-stage detectors: YuNet, SCRFD, RetinaFace and Ultra-Light, from their ONNX files. */
@NullMarked
package io.facepipeline.detection.onestage;

import org.jspecify.annotations.NullMarked;
