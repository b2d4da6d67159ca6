/** Rewrites of graphs, one class each: the same result in less time on a CPU. */
@NullMarked
package io.facepipeline.onnx.graph.rewrite;

import org.jspecify.annotations.NullMarked;
