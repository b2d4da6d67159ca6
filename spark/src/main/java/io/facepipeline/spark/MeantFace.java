package io.facepipeline.spark;

import io.facepipeline.Face;
import io.facepipeline.FaceCountException;
import io.facepipeline.FaceSelection;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.internal.Labels;
import java.io.Serial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Of a photo's rows, the face that is meant, or why there is none. */
final class MeantFace implements MapGroupsFunction<String, Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  /** Whom the photo shows, if the rows say so. */
  static final String LABEL = "label";

  /** The name of a {@link PhotoNote.Reason}; null if there is a face. */
  static final String KIND = "kind";

  /** Why there is no face, in words; null if there is one. */
  static final String REASON = "reason";

  private static final StructType SCHEMA =
      FaceColumns.struct(
          FaceColumns.field(FaceColumns.PATH, DataTypes.StringType),
          FaceColumns.nullable(LABEL, DataTypes.StringType),
          FaceColumns.nullable(FaceColumns.MODEL, DataTypes.StringType),
          FaceColumns.nullable(
              FaceColumns.EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false)),
          FaceColumns.nullable(KIND, DataTypes.StringType),
          FaceColumns.nullable(REASON, DataTypes.StringType));

  private final boolean labeled;

  private MeantFace(boolean labeled) {
    this.labeled = labeled;
  }

  /**
   * A row for each photo of a table of faces.
   *
   * @param labeled whether the table has the column {@link #LABEL}, as text
   */
  static Dataset<Row> of(Dataset<Row> faces, boolean labeled) {
    MapFunction<Row, String> path = row -> row.getAs(FaceColumns.PATH);
    return faces
        .groupByKey(path, Encoders.STRING())
        .mapGroups(new MeantFace(labeled), Encoders.row(SCHEMA));
  }

  @Override
  public Row call(String path, Iterator<Row> rows) {
    List<Row> all = new ArrayList<>();
    List<Face> faces = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (Row row : (Iterable<Row>) () -> rows) {
      all.add(row);
      if (!row.isNullAt(row.fieldIndex(FaceColumns.ERROR))) {
        Row error = row.getAs(FaceColumns.ERROR);
        return none(row, PhotoNote.Reason.UNREADABLE, error.getAs("message"));
      }
      if (row.isNullAt(row.fieldIndex(FaceColumns.FACE))) {
        return none(row, PhotoNote.Reason.NO_FACE, "no face was found");
      }
      if (!numbers.add(row.getAs(FaceColumns.FACE))) {
        return none(
            row,
            PhotoNote.Reason.DUPLICATE,
            "the table has a face of it twice; keep one state of the photo, of one detector and"
                + " model, and give it one label");
      }
      faces.add(FaceColumns.face(row));
    }
    Row first = all.get(0);
    Optional<Face> meant;
    try {
      int width = first.getAs("width");
      int height = first.getAs("height");
      meant = FaceSelection.dominant().select(faces, width, height);
    } catch (FaceCountException e) {
      return none(first, PhotoNote.Reason.SEVERAL_FACES, String.valueOf(e.getMessage()));
    }
    Row row = all.get(faces.indexOf(meant.orElseThrow()));
    return RowFactory.create(
        path,
        label(row),
        row.getAs(FaceColumns.MODEL),
        row.get(row.fieldIndex(FaceColumns.EMBEDDING)),
        null,
        null);
  }

  private Row none(Row row, PhotoNote.Reason kind, String why) {
    return RowFactory.create(row.getAs(FaceColumns.PATH), label(row), null, null, kind.name(), why);
  }

  /** In composed form, so that a person is one however a system writes accents. */
  private @Nullable String label(Row row) {
    return labeled ? Labels.normalize(row.getAs(LABEL)) : null;
  }
}
