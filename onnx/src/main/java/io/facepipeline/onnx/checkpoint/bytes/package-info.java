/** The bytes of a checkpoint: bounded reads, shapes, element types. */
@NullMarked
package io.facepipeline.onnx.checkpoint.bytes;

import org.jspecify.annotations.NullMarked;
