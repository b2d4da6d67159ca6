package io.facepipeline.onnx.checkpoint;

import java.util.Map;

/**
 * The tensors of a file.
 *
 * @param place where in the file they were found, for people; empty for the top
 * @param tensors by name, in the order of the file
 */
record Contents(String place, Map<String, Tensor> tensors) {}
