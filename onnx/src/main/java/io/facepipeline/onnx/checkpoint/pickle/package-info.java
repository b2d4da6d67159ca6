/** Python pickles read as data: the stack machine and what the objects of a checkpoint become. */
@NullMarked
package io.facepipeline.onnx.checkpoint.pickle;

import org.jspecify.annotations.NullMarked;
