package io.facepipeline.onnx.graph;

/**
 * A handle on a value of a graph under construction.
 *
 * @param name the value's name in the graph
 */
public record Value(String name) {}
