package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.DataType;

/**
 * A storage as a PyTorch pickle names it: the bytes lie elsewhere in the file.
 *
 * @param key which storage of the file
 * @param type of its elements
 * @param length in elements
 * @param viewOffset where this view of the storage starts, in elements
 * @param viewLength in elements; {@code length} if it is no view
 */
public record StorageRef(
    String key, DataType type, long length, long viewOffset, long viewLength) {}
