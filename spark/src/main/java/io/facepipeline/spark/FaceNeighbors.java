package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serial;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * All pairs of faces that are similar enough. The faces are shared out to blocks; each pair of
 * blocks is one task, which holds both in memory.
 */
final class FaceNeighbors implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  static final String OTHER_PATH = "otherPath";
  static final String OTHER_FACE = "otherFace";
  static final String SIMILARITY = "similarity";

  static final StructType SCHEMA =
      FaceColumns.struct(
          FaceColumns.field(FaceColumns.PATH, DataTypes.StringType),
          FaceColumns.field(FaceColumns.FACE, DataTypes.IntegerType),
          FaceColumns.field(OTHER_PATH, DataTypes.StringType),
          FaceColumns.field(OTHER_FACE, DataTypes.IntegerType),
          FaceColumns.field(SIMILARITY, DataTypes.FloatType));

  static final String BLOCK = "facepipeline_block";
  static final String OTHER_BLOCK = "facepipeline_other_block";

  /** About the bytes of a block's vectors; a task holds two blocks. */
  private static final long BLOCK_BYTES = 32L << 20;

  /** So many tasks for each core even out what their times differ. */
  private static final int TASKS_PER_CORE = 4;

  /** Their pairs are tasks, of which Spark bears hundreds of thousands. */
  private static final int MOST_BLOCKS = 1000;

  private final float threshold;

  private FaceNeighbors(float threshold) {
    this.threshold = threshold;
  }

  static Dataset<Row> of(Dataset<Row> faces, float threshold) {
    PhotoTables.require(
        faces,
        "faces",
        FaceColumns.PATH,
        FaceColumns.FACE,
        FaceColumns.MODEL,
        FaceColumns.EMBEDDING);
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the threshold must be a cosine between -1 and 1, got " + threshold);
    }
    Dataset<Row> vectors =
        faces
            .filter(col(FaceColumns.EMBEDDING).isNotNull())
            .select(FaceColumns.PATH, FaceColumns.FACE, FaceColumns.MODEL, FaceColumns.EMBEDDING);
    int blocks = blocks(vectors);
    Column block = pmod(xxhash64(col(FaceColumns.PATH), col(FaceColumns.FACE)), lit(blocks));
    Column first = least(col(BLOCK), col(OTHER_BLOCK));
    Column second = greatest(col(BLOCK), col(OTHER_BLOCK));
    // The pairs of blocks, counted along the rows of a triangle.
    Column task =
        first
            .multiply(lit(blocks))
            .minus(first.multiply(first.minus(lit(1))).divide(lit(2)))
            .plus(second.minus(first))
            .cast(DataTypes.IntegerType);
    return vectors
        .withColumn(BLOCK, block.cast(DataTypes.IntegerType))
        .withColumn(OTHER_BLOCK, explode(sequence(lit(0), lit(blocks - 1))))
        .repartitionById(blocks * (blocks + 1) / 2, task)
        .mapPartitions(new FaceNeighbors(threshold), Encoders.row(SCHEMA));
  }

  /** How many blocks there are: as large as a task's memory allows, and enough for all cores. */
  private static int blocks(Dataset<Row> vectors) {
    Row total =
        vectors.agg(count(lit(1)), max(size(col(FaceColumns.EMBEDDING))).as("dimensions")).first();
    if (total.getLong(0) == 0) {
      return 1;
    }
    long bytes = total.getLong(0) * total.getInt(1) * Float.BYTES;
    int cores = vectors.sparkSession().sparkContext().defaultParallelism();
    double forMemory = Math.ceil((double) bytes / BLOCK_BYTES);
    double forCores = Math.ceil(Math.sqrt(2.0 * TASKS_PER_CORE * cores));
    double blocks = Math.min((double) total.getLong(0), Math.max(forMemory, forCores));
    if (blocks > MOST_BLOCKS) {
      throw new IllegalArgumentException(
          total.getLong(0)
              + " faces make "
              + (long) blocks
              + " blocks, over the limit of "
              + MOST_BLOCKS
              + "; cluster fewer at a time");
    }
    return (int) blocks;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return BlockPair.read(rows).pairs(threshold, TaskContext.get());
  }
}
