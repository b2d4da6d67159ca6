package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;

import io.facepipeline.evaluation.internal.NeighborFolds;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Verification figures of labeled pairs: the executors compare, the driver counts. */
final class EvaluatedPairs {
  /** Their scores are in the driver's memory, and are drawn anew a thousand times. */
  static final int MOST_PAIRS = 1_000_000;

  private static final String SAME = "same";
  private static final String FOLD = "fold";
  private static final String ORDER = "facepipeline_order";
  private static final String TRUTH = "facepipeline_same";

  private EvaluatedPairs() {}

  static VerificationReport of(Dataset<Row> pairs, Dataset<Row> faces) {
    PhotoTables.require(pairs, "pairs", PhotoPairs.A, PhotoPairs.B, SAME);
    boolean folded = FaceColumns.has(pairs.schema(), FOLD);
    Column fold = folded ? col(FOLD).cast(DataTypes.IntegerType) : lit(0);
    Dataset<Row> asked =
        pairs.select(
            col(PhotoPairs.A),
            col(PhotoPairs.B),
            col(SAME).cast(DataTypes.BooleanType).as(TRUTH),
            fold.as(FOLD),
            monotonically_increasing_id().as(ORDER));
    requireFew(pairs);
    requireAll(pairs, faces);
    List<Row> rows =
        PhotoPairs.verify(asked, faces, 0)
            .select(PhotoPairs.A, PhotoPairs.B, TRUTH, FOLD, PhotoPairs.SIMILARITY, ORDER)
            .sort(ORDER)
            .collectAsList();
    List<ScoredPair> scored = new ArrayList<>(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      scored.add(scored(rows.get(i), folded ? -1 : NeighborFolds.fold(i, rows.size())));
    }
    return VerificationReport.of(scored);
  }

  private static void requireFew(Dataset<Row> pairs) {
    long count = pairs.count();
    if (count > MOST_PAIRS) {
      throw new IllegalArgumentException(
          count
              + " pairs are over the limit of "
              + MOST_PAIRS
              + ", since the driver keeps their scores; draw fewer");
    }
  }

  /** A photo that was never looked at is no failure of the model. */
  private static void requireAll(Dataset<Row> pairs, Dataset<Row> faces) {
    List<Row> missing =
        pairs
            .select(col(PhotoPairs.A).as(FaceColumns.PATH))
            .union(pairs.select(PhotoPairs.B))
            .join(faces.select(FaceColumns.PATH), new String[] {FaceColumns.PATH}, "left_anti")
            .limit(1)
            .collectAsList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          missing.get(0).get(0) + " is not in the table of faces; append all photos of the pairs");
    }
  }

  private static ScoredPair scored(Row row, int neighborFold) {
    String a = row.getAs(PhotoPairs.A);
    String b = row.getAs(PhotoPairs.B);
    Boolean same = row.getAs(TRUTH);
    Integer fold = row.getAs(FOLD);
    Float similarity = row.getAs(PhotoPairs.SIMILARITY);
    if (same == null || fold == null) {
      throw new IllegalArgumentException(
          "the pair of "
              + a
              + " and "
              + b
              + " has no "
              + (same == null ? SAME : FOLD)
              + "; give every pair one");
    }
    return new ScoredPair(
        new FacePair(photo(a), photo(b), same, neighborFold < 0 ? fold : neighborFold),
        similarity == null ? Double.NaN : similarity);
  }

  private static PersonPhoto photo(String path) {
    Path file = LabeledFaces.file(path);
    Path folder = file.getParent();
    return new PersonPhoto(folder == null ? "" : String.valueOf(folder.getFileName()), file);
  }
}
