package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import io.facepipeline.Embedding;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Pairs of photos, with how similar their people are. */
final class PhotoPairs implements MapFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  static final String A = "a";
  static final String B = "b";
  static final String SIMILARITY = "similarity";

  /** What a joined row has of each photo, beside the columns of the pairs. */
  private static final String MEANT_A = "facepipeline_a";

  private static final String MEANT_B = "facepipeline_b";

  private static final List<StructField> COLUMNS =
      List.of(
          FaceColumns.nullable(SIMILARITY, DataTypes.FloatType),
          FaceColumns.nullable("same", DataTypes.BooleanType),
          FaceColumns.nullable(FaceColumns.ERROR, DataTypes.StringType));

  private final int columns;
  private final float threshold;

  private PhotoPairs(int columns, float threshold) {
    this.columns = columns;
    this.threshold = threshold;
  }

  static Dataset<Row> verify(Dataset<Row> pairs, Dataset<Row> faces, float threshold) {
    PhotoTables.require(pairs, "pairs", A, B);
    PhotoTables.require(faces, "faces", FaceColumns.SCHEMA.fieldNames());
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the threshold must be a cosine between -1 and 1, got " + threshold);
    }
    StructType schema = FaceColumns.with(pairs.schema(), "pairs", COLUMNS);
    Dataset<Row> asked =
        pairs.select(col(A).as(FaceColumns.PATH)).union(pairs.select(B)).distinct();
    Dataset<Row> meant = MeantFace.of(faces.join(asked, FaceColumns.PATH), false);
    List<String> of = List.of(pairs.columns());
    Dataset<Row> joined = pairs;
    for (String side : List.of(A, B)) {
      Dataset<Row> photo =
          meant.select(
              col(FaceColumns.PATH).as(side),
              struct(FaceColumns.MODEL, FaceColumns.EMBEDDING, MeantFace.REASON)
                  .as(side.equals(A) ? MEANT_A : MEANT_B));
      joined = joined.join(photo, new String[] {side}, "left");
    }
    List<String> order = new ArrayList<>(of);
    order.add(MEANT_A);
    order.add(MEANT_B);
    return joined
        .select(order.get(0), order.subList(1, order.size()).toArray(String[]::new))
        .map(new PhotoPairs(of.size(), threshold), Encoders.row(schema));
  }

  @Override
  public Row call(Row pair) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      values.add(pair.get(i));
    }
    String error = error(pair, A, MEANT_A);
    error = error != null ? error : error(pair, B, MEANT_B);
    if (error == null) {
      Embedding a = embedding(pair, MEANT_A);
      Embedding b = embedding(pair, MEANT_B);
      float similarity = a.similarity(b);
      values.add(similarity);
      values.add(similarity >= threshold);
    } else {
      values.add(null);
      values.add(null);
    }
    values.add(error);
    return RowFactory.create(values.toArray());
  }

  private static Embedding embedding(Row pair, String meant) {
    return Objects.requireNonNull(FaceColumns.embedding(pair.getStruct(pair.fieldIndex(meant))));
  }

  /** Why a photo cannot be compared; null if it can. */
  private static @Nullable String error(Row pair, String side, String meant) {
    String path = pair.getAs(side);
    Row photo = pair.getAs(meant);
    if (photo == null) {
      return path + " is not in the table of faces; append it";
    }
    String reason = photo.getAs(MeantFace.REASON);
    return reason == null ? null : path + ": " + reason;
  }
}
