/** From a checkpoint to a graph: what all architectures share. */
@NullMarked
package io.facepipeline.onnx.emit;

import org.jspecify.annotations.NullMarked;
