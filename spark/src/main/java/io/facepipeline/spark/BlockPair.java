package io.facepipeline.spark;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Two blocks of faces, or one that is paired with itself. Products of the vectors, in single
 * precision, find the pairs that may be similar enough; their similarity is then that of {@link
 * Embedding#similarity}, which decides. What rounding may do to a product is less than the margin,
 * so the pairs are those of the exact similarities.
 */
final class BlockPair {
  /** Rows that are multiplied with a tile at a time. */
  private static final int ROWS = 256;

  private final List<Entry> left;
  private final List<Entry> right;

  private record Entry(String path, int face, Embedding embedding) {
    boolean isBefore(Entry other) {
      int byPath = path.compareTo(other.path);
      return byPath < 0 || (byPath == 0 && face < other.face);
    }
  }

  private BlockPair(List<Entry> left, List<Entry> right) {
    this.left = left;
    this.right = right;
  }

  /**
   * Takes the rows of a task.
   *
   * @throws IllegalArgumentException if they are of different models
   */
  static BlockPair read(Iterator<Row> rows) {
    List<Entry> left = new ArrayList<>();
    List<Entry> right = new ArrayList<>();
    Embedding first = null;
    int firstBlock = -1;
    boolean withItself = false;
    while (rows.hasNext()) {
      Row row = rows.next();
      Embedding embedding = Objects.requireNonNull(FaceColumns.embedding(row));
      if (first == null) {
        first = embedding;
        firstBlock = row.getAs(FaceNeighbors.BLOCK);
        withItself = firstBlock == row.<Integer>getAs(FaceNeighbors.OTHER_BLOCK);
      }
      if (!ModelCard.sameEmbedding(embedding.fingerprint(), first.fingerprint())
          || embedding.size() != first.size()) {
        throw new IllegalArgumentException(
            "faces of different models cannot be compared: "
                + first
                + " and "
                + embedding
                + "; keep the rows of one model");
      }
      int block = row.getAs(FaceNeighbors.BLOCK);
      (block == firstBlock ? left : right)
          .add(new Entry(row.getAs(FaceColumns.PATH), row.getAs(FaceColumns.FACE), embedding));
    }
    return new BlockPair(left, withItself ? left : right);
  }

  /** The pairs; native memory is freed when the task ends. */
  Iterator<Row> pairs(float threshold, TaskContext task) {
    if (left.isEmpty() || right.isEmpty()) {
      return List.<Row>of().iterator();
    }
    Pairs pairs = new Pairs(threshold);
    task.addTaskCompletionListener((TaskCompletionListener) ended -> pairs.close());
    return pairs;
  }

  /** The pairs, a tile after the other. */
  private final class Pairs implements Iterator<Row> {
    private final float threshold;
    private final float candidate;
    private final Deque<Row> ready = new ArrayDeque<>();
    private final VectorProducts products;
    private int from;
    private int tile;

    Pairs(float threshold) {
      this.threshold = threshold;
      int dimensions = left.get(0).embedding().size();
      // Of unit vectors, in any order of adding (Higham 2002, 3.1), with room for what rounding has
      // done to their lengths.
      candidate = threshold - 2 * dimensions * Math.ulp(1f);
      products = new VectorProducts(dimensions, ROWS);
    }

    void close() {
      products.close();
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && tile < right.size()) {
        if (from == 0) {
          products.take(vectors(right, tile, VectorProducts.COLUMNS));
        }
        addPairs();
        from += ROWS;
        if (from >= left.size()) {
          from = 0;
          tile += VectorProducts.COLUMNS;
        }
      }
      return !ready.isEmpty();
    }

    private static List<Embedding> vectors(List<Entry> of, int from, int most) {
      return of.subList(from, Math.min(of.size(), from + most)).stream()
          .map(Entry::embedding)
          .toList();
    }

    private void addPairs() {
      boolean itself = left == right;
      // Of a block with itself, the pairs below the diagonal.
      if (itself && tile >= from + ROWS) {
        return;
      }
      products.multiply(
          vectors(left, from, ROWS),
          candidate,
          (row, column) -> {
            int i = from + row;
            int j = tile + column;
            if (!itself || j < i) {
              add(left.get(i), right.get(j));
            }
          });
    }

    private void add(Entry a, Entry b) {
      float similarity = a.embedding().similarity(b.embedding());
      if (similarity >= threshold) {
        boolean inOrder = a.isBefore(b);
        Entry first = inOrder ? a : b;
        Entry second = inOrder ? b : a;
        ready.add(
            RowFactory.create(
                first.path(), first.face(), second.path(), second.face(), similarity));
      }
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }
  }
}
