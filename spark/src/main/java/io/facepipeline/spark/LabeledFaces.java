package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.FaceGallery;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.ClassifierTrainer;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainingReport;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/** Faces whose people are known, for classifiers and galleries: one of each photo. */
final class LabeledFaces {
  /** What a classifier is trained on is in the driver's memory: some 500 MB with 512 dimensions. */
  static final int MOST_PHOTOS = 100_000;

  /** The faces of a person are enrolled with one write. */
  static final int MOST_PHOTOS_OF_A_PERSON = 10_000;

  /** The photo of a row, by person and path, and its face or why it has none. */
  private record LabeledPhoto(
      String path,
      String label,
      @Nullable Embedding embedding,
      @Nullable String kind,
      @Nullable String reason) {
    static LabeledPhoto of(Row row) {
      return new LabeledPhoto(
          row.getAs(FaceColumns.PATH),
          row.getAs(MeantFace.LABEL),
          FaceColumns.embedding(row),
          row.getAs(MeantFace.KIND),
          row.getAs(MeantFace.REASON));
    }

    PhotoNote note() {
      return new PhotoNote(
          file(path),
          PhotoNote.Reason.valueOf(Objects.requireNonNull(kind)),
          false,
          Objects.requireNonNull(reason));
    }
  }

  private LabeledFaces() {}

  /** The path of a photo as a path of this machine; one elsewhere keeps its text. */
  static java.nio.file.Path file(String path) {
    URI location = new Path(path).toUri();
    return "file".equals(location.getScheme())
        ? java.nio.file.Path.of(location)
        : java.nio.file.Path.of(path);
  }

  private static Dataset<Row> labeled(Dataset<Row> faces) {
    PhotoTables.require(faces, "faces", FaceColumns.SCHEMA.fieldNames());
    PhotoTables.require(faces, "faces", MeantFace.LABEL);
    return faces
        .withColumn(MeantFace.LABEL, col(MeantFace.LABEL).cast(DataTypes.StringType))
        .filter(col(MeantFace.LABEL).isNotNull());
  }

  /** A person's photos come one after the other, always in the same order. */
  private static Iterator<Row> sorted(Dataset<Row> photos) {
    return photos.sort(MeantFace.LABEL, FaceColumns.PATH).toLocalIterator();
  }

  static TrainingResult train(Dataset<Row> faces, ClassifierTrainer trainer) {
    Dataset<Row> labeled = labeled(faces);
    long photos = labeled.select(FaceColumns.PATH).distinct().count();
    if (photos > MOST_PHOTOS) {
      throw ClassifierException.untrainable(
          photos
              + " photos have a label, over the limit of "
              + MOST_PHOTOS
              + " for a classifier, which is trained by the driver; give fewer photos of each"
              + " person, or enroll them in a gallery");
    }
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    List<PhotoNote> leftOut = new ArrayList<>();
    Iterator<Row> rows = sorted(MeantFace.of(labeled, true));
    while (rows.hasNext()) {
      LabeledPhoto photo = LabeledPhoto.of(rows.next());
      if (photo.embedding() == null) {
        leftOut.add(photo.note());
      } else {
        people.computeIfAbsent(photo.label(), label -> new ArrayList<>()).add(photo.embedding());
      }
    }
    if (people.size() < 2 && !leftOut.isEmpty()) {
      throw ClassifierException.untrainable(
          "a classifier needs photos of at least two people, got "
              + people.size()
              + "; "
              + leftOut.size()
              + " photos were left out, the first: "
              + leftOut.get(0));
    }
    TrainingResult result = trainer.fromEmbeddings(people);
    TrainingReport report = result.report();
    return new TrainingResult(
        result.classifier(),
        new TrainingReport(
            report.kind(),
            report.embedder(),
            report.summary(),
            report.folds(),
            report.trials(),
            report.confusion(),
            report.strangers(),
            leftOut));
  }

  static Dataset<Row> enroll(Dataset<Row> faces, FaceGallery gallery) {
    Dataset<Row> photos = MeantFace.of(labeled(faces), true);
    Iterator<Row> rows = sorted(photos.filter(col(MeantFace.REASON).isNull()));
    String person = null;
    List<Embedding> embeddings = new ArrayList<>();
    while (rows.hasNext()) {
      LabeledPhoto photo = LabeledPhoto.of(rows.next());
      if (!photo.label().equals(person)) {
        replace(gallery, person, embeddings);
        person = photo.label();
        embeddings = new ArrayList<>();
      }
      embeddings.add(Objects.requireNonNull(photo.embedding()));
      if (embeddings.size() > MOST_PHOTOS_OF_A_PERSON) {
        throw new IllegalArgumentException(
            person
                + " has more than "
                + MOST_PHOTOS_OF_A_PERSON
                + " photos, the most of a person that are enrolled together; label fewer of them");
      }
    }
    replace(gallery, person, embeddings);
    return photos
        .filter(col(MeantFace.REASON).isNotNull())
        .select(FaceColumns.PATH, MeantFace.LABEL, MeantFace.REASON);
  }

  private static void replace(
      FaceGallery gallery, @Nullable String person, List<Embedding> embeddings) {
    if (person != null) {
      gallery.replace(Enrollment.of(person, embeddings));
    }
  }
}
