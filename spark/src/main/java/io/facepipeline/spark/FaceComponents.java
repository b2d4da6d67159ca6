package io.facepipeline.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unhex;

import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The connected components of pairs, by alternating large and small stars (Kiveris et al. 2014,
 * "Connected Components in MapReduce and Beyond"): about as many rounds as the logarithm of the
 * number of faces, each of which only moves edges.
 */
final class FaceComponents {
  static final String COMPONENT = "facepipeline_component";

  private static final String NODE = "node";
  private static final String SMALLER = "smaller";
  private static final String SMALLEST = "smallest";

  private FaceComponents() {}

  /** Adds the column {@link #COMPONENT} to pairs: the same for all of a component. */
  static Dataset<Row> of(Dataset<Row> pairs) {
    // Sixteen bytes stand for a face: fewer than its path, and never those of another face.
    Column a = key(FaceColumns.PATH, FaceColumns.FACE);
    Column b = key(FaceNeighbors.OTHER_PATH, FaceNeighbors.OTHER_FACE);
    Kept keyed = Kept.of(pairs.withColumn(NODE, a));
    Kept edges =
        Kept.of(
            keyed.rows().select(greatest(col(NODE), b).as(NODE), least(col(NODE), b).as(SMALLER)));
    while (true) {
      Kept next = Kept.of(smallStars(largeStars(edges.rows())));
      boolean same =
          next.rows().count() == edges.rows().count() && next.rows().except(edges.rows()).isEmpty();
      edges.release();
      edges = next;
      if (same) {
        break;
      }
    }
    // Each node points to the least of its component, which points nowhere.
    Dataset<Row> component = edges.rows().select(col(NODE), col(SMALLER).as(COMPONENT));
    return keyed
        .rows()
        .join(component, new String[] {NODE}, "left")
        .withColumn(COMPONENT, coalesce(col(COMPONENT), col(NODE)));
  }

  private static Column key(String path, String face) {
    return unhex(md5(concat_ws("#", col(path), col(face)).cast("binary")));
  }

  /** Each node's larger neighbors point to the least of the node and all its neighbors. */
  private static Dataset<Row> largeStars(Dataset<Row> edges) {
    Dataset<Row> both = edges.union(edges.select(col(SMALLER).as(NODE), col(NODE).as(SMALLER)));
    Dataset<Row> smallest =
        both.groupBy(NODE)
            .agg(min(SMALLER).as(SMALLEST))
            .select(col(NODE), least(col(NODE), col(SMALLEST)).as(SMALLEST));
    return both.join(smallest, NODE)
        .filter(col(SMALLER).gt(col(NODE)))
        .select(col(SMALLER).as(NODE), col(SMALLEST).as(SMALLER))
        .distinct();
  }

  /** Each node and its smaller neighbors point to the least of those. */
  private static Dataset<Row> smallStars(Dataset<Row> edges) {
    Dataset<Row> smallest = edges.groupBy(NODE).agg(min(SMALLER).as(SMALLEST));
    return edges
        .join(smallest, NODE)
        .filter(col(SMALLER).notEqual(col(SMALLEST)))
        .select(col(SMALLER).as(NODE), col(SMALLEST).as(SMALLER))
        .union(smallest.select(col(NODE), col(SMALLEST).as(SMALLER)))
        .distinct();
  }

  /**
   * Rows that are used several times: written to the checkpoint folder if there is one, else kept
   * in executors' memory and disks, from where lost parts are computed again. They are freed when
   * nobody refers to them. What follows does not carry along how they were made, so that plans do
   * not grow from round to round.
   */
  private record Kept(Dataset<Row> rows, Optional<JavaRDD<Row>> kept) {
    static Kept of(Dataset<Row> rows) {
      SparkSession spark = rows.sparkSession();
      if (spark.sparkContext().getCheckpointDir().isDefined()) {
        return new Kept(rows.checkpoint(), Optional.empty());
      }
      JavaRDD<Row> kept = rows.toJavaRDD().persist(StorageLevel.MEMORY_AND_DISK());
      return new Kept(spark.createDataFrame(kept, rows.schema()), Optional.of(kept));
    }

    void release() {
      kept.ifPresent(JavaRDD::unpersist);
    }
  }
}
