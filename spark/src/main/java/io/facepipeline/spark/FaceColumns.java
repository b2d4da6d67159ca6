package io.facepipeline.spark;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceQuality;
import io.facepipeline.ImageException;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The columns of a table of faces, and how values become rows. */
final class FaceColumns {
  static final String PATH = "path";
  static final String MODIFICATION_TIME = "modificationTime";
  static final String LENGTH = "length";
  static final String CONTENT = "content";
  static final String DETECTOR = "detector";
  static final String MODEL = "model";
  static final String FACE = "face";
  static final String BOX = "box";
  static final String LANDMARKS = "landmarks";
  static final String SCORE = "score";
  static final String EMBEDDING = "embedding";
  static final String ERROR = "error";
  static final String ERROR_TYPE = "type";

  private static final StructType POINT =
      struct(field("x", DataTypes.FloatType), field("y", DataTypes.FloatType));

  private static final StructType BOX_TYPE =
      struct(
          field("x1", DataTypes.FloatType),
          field("y1", DataTypes.FloatType),
          field("x2", DataTypes.FloatType),
          field("y2", DataTypes.FloatType));

  private static final StructType QUALITY =
      struct(
          field("score", DataTypes.DoubleType),
          field("eyeDistance", DataTypes.DoubleType),
          field("detail", DataTypes.DoubleType),
          field("brightness", DataTypes.DoubleType),
          field("clipped", DataTypes.DoubleType),
          field("yaw", DataTypes.DoubleType),
          field("pitch", DataTypes.DoubleType),
          field("roll", DataTypes.DoubleType));

  private static final StructType ERROR_TYPES =
      struct(field(ERROR_TYPE, DataTypes.StringType), field("message", DataTypes.StringType));

  /** One row a face, one row for a photo without faces or with an error. */
  static final StructType SCHEMA =
      struct(
          field(PATH, DataTypes.StringType),
          nullable(MODIFICATION_TIME, DataTypes.TimestampType),
          nullable(LENGTH, DataTypes.LongType),
          field(DETECTOR, DataTypes.StringType),
          field(MODEL, DataTypes.StringType),
          nullable("width", DataTypes.IntegerType),
          nullable("height", DataTypes.IntegerType),
          nullable(FACE, DataTypes.IntegerType),
          nullable(BOX, BOX_TYPE),
          nullable(LANDMARKS, DataTypes.createArrayType(POINT, false)),
          nullable(SCORE, DataTypes.FloatType),
          nullable("quality", QUALITY),
          nullable(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false)),
          nullable(ERROR, ERROR_TYPES));

  private FaceColumns() {}

  static StructType struct(StructField... fields) {
    return new StructType(fields);
  }

  static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, false);
  }

  static StructField nullable(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  /** The row of a face. */
  static Row face(PhotoRow photo, int number, Face face, FaceQuality quality, Embedding embedding) {
    Box box = face.box();
    List<Row> landmarks = new ArrayList<>();
    for (Point point : face.landmarks().points()) {
      landmarks.add(RowFactory.create(point.x(), point.y()));
    }
    return photo.with(
        number,
        RowFactory.create(box.x1(), box.y1(), box.x2(), box.y2()),
        landmarks.toArray(),
        face.score(),
        RowFactory.create(
            quality.score(),
            quality.eyeDistance(),
            quality.detail(),
            quality.brightness(),
            quality.clipped(),
            quality.yaw(),
            quality.pitch(),
            quality.roll()),
        embedding.toArray(),
        null);
  }

  /** The row of a photo without faces. */
  static Row noFace(PhotoRow photo) {
    return photo.with(null, null, null, null, null, null, null);
  }

  /** The row of a photo that failed. */
  static Row failed(PhotoRow photo, RuntimeException error) {
    String type =
        error instanceof ImageException picture
            ? picture.reason().name()
            : error.getClass().getSimpleName();
    return photo.with(
        null,
        null,
        null,
        null,
        null,
        null,
        RowFactory.create(type, String.valueOf(error.getMessage())));
  }

  /** The face of a row that has one. */
  static Face face(Row row) {
    Row box = row.getAs(BOX);
    List<Row> points = row.getList(row.fieldIndex(LANDMARKS));
    float[] landmarks = new float[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      landmarks[2 * i] = points.get(i).getFloat(0);
      landmarks[2 * i + 1] = points.get(i).getFloat(1);
    }
    return new Face(
        new Box(box.getFloat(0), box.getFloat(1), box.getFloat(2), box.getFloat(3)),
        Landmarks.of(landmarks),
        row.getAs(SCORE));
  }

  /** The embedding of a row; null if it has none. */
  static @Nullable Embedding embedding(Row row) {
    int at = row.fieldIndex(EMBEDDING);
    if (row.isNullAt(at)) {
      return null;
    }
    List<Float> values = row.getList(at);
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i);
    }
    return Embedding.of(row.getAs(MODEL), vector);
  }

  /**
   * A schema with more columns.
   *
   * @throws IllegalArgumentException if it has one of them
   */
  static StructType with(StructType schema, String name, List<StructField> columns) {
    StructType all = schema;
    for (StructField column : columns) {
      if (has(schema, column.name())) {
        throw new IllegalArgumentException(
            "the " + name + " have a column " + column.name() + " already; drop or rename it");
      }
      all = all.add(column);
    }
    return all;
  }

  /** The columns that all rows of a photo share. */
  record PhotoRow(
      Row source,
      String detector,
      String model,
      @Nullable Integer width,
      @Nullable Integer height) {
    private Row with(@Nullable Object... face) {
      List<@Nullable Object> values = new ArrayList<>();
      values.add(source.getAs(PATH));
      values.add(value(source, MODIFICATION_TIME));
      values.add(value(source, LENGTH));
      values.add(detector);
      values.add(model);
      values.add(width);
      values.add(height);
      values.addAll(Arrays.asList(face));
      return RowFactory.create(values.toArray());
    }
  }

  /** The value of a column that a row may lack. */
  static @Nullable Object value(Row row, String column) {
    return has(row.schema(), column) ? row.getAs(column) : null;
  }

  static boolean has(StructType schema, String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }
}
