package io.facepipeline.onnx.graph;

/**
 * A tensor of a type that this package does not interpret, kept as the fields of its TensorProto
 * message but for the name.
 *
 * @param elementType ONNX's code of the element type
 * @param proto the message's fields as they were read
 */
public record RawTensor(int elementType, Bytes proto) implements Tensor {}
