/** Checkpoints without Python, ONNX graphs, and running models on ONNX Runtime. */
@NullMarked
package io.facepipeline.onnx;

import org.jspecify.annotations.NullMarked;
