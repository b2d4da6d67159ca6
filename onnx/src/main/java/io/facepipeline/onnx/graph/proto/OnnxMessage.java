package io.facepipeline.onnx.graph.proto;

/** The messages of onnx.proto3 on the way to a tensor; all other fields are {@link #SKIPPED}. */
public enum OnnxMessage {
  MODEL,
  GRAPH,
  NODE,
  ATTRIBUTE,
  TENSOR,
  SPARSE_TENSOR,
  FUNCTION,
  /** A name and a value, such as where a tensor's data lies. */
  ENTRY,
  SKIPPED;

  /** Messages lie within messages no deeper than this in any model that the runtime takes. */
  public static final int MAX_DEPTH = 64;

  /** {@return the message in a field, by the numbers of onnx.proto3} */
  public OnnxMessage in(int field) {
    return switch (this) {
      case MODEL -> field == 7 ? GRAPH : field == 25 ? FUNCTION : SKIPPED;
      case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE_TENSOR : SKIPPED;
      case NODE -> field == 5 ? ATTRIBUTE : SKIPPED;
      case ATTRIBUTE ->
          switch (field) {
            case 5, 10 -> TENSOR;
            case 6, 11 -> GRAPH;
            case 22, 23 -> SPARSE_TENSOR;
            default -> SKIPPED;
          };
      case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : SKIPPED;
      case TENSOR -> field == 13 ? ENTRY : SKIPPED;
      case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : SKIPPED;
      case ENTRY, SKIPPED -> SKIPPED;
    };
  }
}
