package io.facepipeline.spark;

import io.facepipeline.Embedding;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of many vectors with many, by ONNX Runtime's matrix product on one thread. Holds native
 * memory until it is closed. Not thread-safe.
 */
final class VectorProducts implements AutoCloseable {
  /** The vectors of a tile, at most: its products with 256 others are 2 MB. */
  static final int COLUMNS = 2048;

  private final int dimensions;
  private final FloatBuffer input;
  private final FloatBuffer output;
  private final float[] products;
  private @Nullable OnnxModel model;
  private int columns;

  /** Takes two vectors whose product is large enough, by their indices. */
  @FunctionalInterface
  interface Visitor {
    void visit(int row, int column);
  }

  /**
   * Makes room.
   *
   * @param rows the most vectors that are multiplied with a tile at a time
   */
  VectorProducts(int dimensions, int rows) {
    this.dimensions = dimensions;
    input = buffer(rows * dimensions);
    output = buffer(rows * COLUMNS);
    products = new float[COLUMNS];
  }

  private static FloatBuffer buffer(int values) {
    return ByteBuffer.allocateDirect(values * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Takes the vectors of a tile, with which others are multiplied from now on. */
  void take(List<Embedding> tile) {
    close();
    columns = tile.size();
    float[] transposed = new float[dimensions * columns];
    float[] vector = new float[dimensions];
    for (int c = 0; c < columns; c++) {
      tile.get(c).copyTo(vector, 0);
      for (int d = 0; d < dimensions; d++) {
        transposed[d * columns + c] = vector[d];
      }
    }
    GraphBuilder graph = new GraphBuilder("products");
    Value vectors = graph.input("vectors", -1, dimensions);
    Value constant = graph.constant("tile", transposed, dimensions, columns);
    graph.output(graph.matMul(vectors, constant), "products", -1, columns);
    model =
        OnnxModel.load(OnnxFile.write(graph.build()), OnnxOptions.defaults().withIntraOpThreads(1));
  }

  /** Multiplies vectors with the tile's, and visits the products from a value on. */
  void multiply(List<Embedding> vectors, float least, Visitor visitor) {
    OnnxModel tile = model;
    if (tile == null) {
      throw new IllegalStateException("there is no tile; take one first");
    }
    int rows = vectors.size();
    input.clear();
    float[] values = new float[dimensions];
    for (Embedding vector : vectors) {
      vector.copyTo(values, 0);
      input.put(values);
    }
    input.flip();
    output.clear().limit(rows * columns);
    tile.run(input, new long[] {rows, dimensions}, output, new long[] {rows, columns});
    for (int r = 0; r < rows; r++) {
      output.get(r * columns, products, 0, columns);
      for (int c = 0; c < columns; c++) {
        if (products[c] >= least) {
          visitor.visit(r, c);
        }
      }
    }
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
      model = null;
    }
  }
}
