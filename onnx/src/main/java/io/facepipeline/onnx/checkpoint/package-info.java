/**
 * Reads model checkpoints without Python: PyTorch files (zip and legacy), NumPy arrays and pickled
 * NumPy dictionaries, and safetensors. Start at {@link
 * io.facepipeline.onnx.checkpoint.Checkpoint#read}. Nothing in a file is ever executed, and what a
 * file claims is checked against its size before memory is set aside for it.
 */
@NullMarked
package io.facepipeline.onnx.checkpoint;

import org.jspecify.annotations.NullMarked;
