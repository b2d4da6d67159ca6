/** Reads checkpoints without Python, and runs models on ONNX Runtime. */
@NullMarked
package io.facepipeline.onnx;

import org.jspecify.annotations.NullMarked;
