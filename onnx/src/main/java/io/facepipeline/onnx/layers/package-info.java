/** What networks are described with. */
@NullMarked
package io.facepipeline.onnx.layers;

import org.jspecify.annotations.NullMarked;
