package io.facepipeline.onnx.checkpoint.pickle;

/**
 * Pickled bytes that were left in the file.
 *
 * @param position where they begin in the file
 * @param length how many there are
 */
public record FileBytes(long position, long length) {}
