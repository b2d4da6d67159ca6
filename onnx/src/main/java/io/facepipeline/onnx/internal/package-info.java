/** What the library's own modules share about ONNX files; not for others. */
@NullMarked
package io.facepipeline.onnx.internal;

import org.jspecify.annotations.NullMarked;
