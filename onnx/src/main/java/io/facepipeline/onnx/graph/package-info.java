/**
 * ONNX graphs as values: {@link io.facepipeline.onnx.graph.GraphBuilder} emits them, {@link
 * io.facepipeline.onnx.graph.OnnxFile} reads and writes them, {@link
 * io.facepipeline.onnx.graph.GraphRewrite}s make them faster without changing what they compute.
 */
@NullMarked
package io.facepipeline.onnx.graph;

import org.jspecify.annotations.NullMarked;
