/**
 * ONNX graphs as values: {@link io.facepipeline.onnx.graph.GraphBuilder} emits them, {@link
 * io.facepipeline.onnx.graph.proto.OnnxFile} reads and writes them, {@link
 * io.facepipeline.onnx.graph.rewrite.GraphRewrite}s make them faster without changing what they
 * compute.
 */
@NullMarked
package io.facepipeline.onnx.graph;

import org.jspecify.annotations.NullMarked;
