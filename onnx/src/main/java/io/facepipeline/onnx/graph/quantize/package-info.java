/** Networks in bytes: which operations can be, the numbers they must hold, and the new graph. */
@NullMarked
package io.facepipeline.onnx.graph.quantize;

import org.jspecify.annotations.NullMarked;
