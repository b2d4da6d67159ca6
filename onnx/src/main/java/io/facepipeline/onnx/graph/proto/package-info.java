/** The wire format of ONNX files: protocol buffers, read and written. */
@NullMarked
package io.facepipeline.onnx.graph.proto;

import org.jspecify.annotations.NullMarked;
