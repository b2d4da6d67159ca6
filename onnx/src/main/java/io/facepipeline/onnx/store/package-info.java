/** Finding the files of published models. */
@NullMarked
package io.facepipeline.onnx.store;

import org.jspecify.annotations.NullMarked;
