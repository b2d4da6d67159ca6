package io.facepipeline.onnx.emit;

/**
 * A handle on a value of a graph under construction.
 *
 * @param name the value's name in the graph
 */
public record Value(String name) {}
