package io.facepipeline.spark;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import java.io.Serial;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Rows of faces, with the names that a gallery or a trained classifier gives them. */
final class NamedFaces implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  /** Faces that share a pass over a gallery. */
  private static final int TOGETHER = 64;

  private static final List<StructField> COLUMNS =
      List.of(
          FaceColumns.nullable("label", DataTypes.StringType),
          FaceColumns.nullable("similarity", DataTypes.FloatType),
          FaceColumns.nullable("threshold", DataTypes.FloatType));

  private final ShippedClassifier classifier;

  private NamedFaces(ShippedClassifier classifier) {
    this.classifier = classifier;
  }

  static Dataset<Row> identify(Dataset<Row> faces, Path classifier) {
    PhotoTables.require(faces, "faces", FaceColumns.MODEL, FaceColumns.EMBEDDING);
    StructType schema = FaceColumns.with(faces.schema(), "faces", COLUMNS);
    ShippedClassifier sent =
        ShippedClassifier.send(faces.sparkSession().sparkContext(), classifier);
    return faces.mapPartitions(new NamedFaces(sent), Encoders.row(schema));
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Iterator<>() {
      private final Deque<Row> ready = new ArrayDeque<>();

      @Override
      public boolean hasNext() {
        if (ready.isEmpty() && rows.hasNext()) {
          List<Row> some = new ArrayList<>();
          while (some.size() < TOGETHER && rows.hasNext()) {
            some.add(rows.next());
          }
          ready.addAll(named(some, classifier.open()));
        }
        return !ready.isEmpty();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.remove();
      }
    };
  }

  private static List<Row> named(List<Row> rows, FaceClassifier classifier) {
    List<Embedding> probes = new ArrayList<>();
    for (Row row : rows) {
      Embedding probe = FaceColumns.embedding(row);
      if (probe != null) {
        probes.add(probe);
      }
    }
    Iterator<Match> matches = classifier.classifyAll(probes).iterator();
    List<Row> named = new ArrayList<>();
    for (Row row : rows) {
      boolean isFace = !row.isNullAt(row.fieldIndex(FaceColumns.EMBEDDING));
      named.add(with(row, isFace ? matches.next() : null));
    }
    return named;
  }

  private static Row with(Row row, @Nullable Match match) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }
    values.add(match == null ? null : match.label());
    values.add(match == null ? null : match.score());
    values.add(match == null ? null : match.threshold());
    return RowFactory.create(values.toArray());
  }
}
