package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainedClassifier;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training, enrolling and evaluating, against the same faces without Spark. */
class LabeledFacesTest {
  private static final ModelCard CARD = PipelineDescription.defaults().card();
  private static final String MODEL = CARD.fingerprint();
  private static final int DIMENSIONS = CARD.embeddingSize();
  private static final Box LARGE = new Box(10, 10, 110, 130);

  @TempDir Path folder;
  private static SparkSession spark;

  /** In the order of their labels, É last. */
  private static final Map<String, List<Embedding>> people = new TreeMap<>();

  private static final Map<String, Embedding> photos = new TreeMap<>();
  private static Dataset<Row> table;

  /** Six photos of each of five people, and one photo of nobody. */
  @BeforeAll
  static void invent() {
    spark = LocalSpark.session();
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (String person : List.of("zoe", "ada", "bao", "Émile", "cem")) {
      float[] center = vector(random, new float[DIMENSIONS], 1);
      for (int i = 0; i < 6; i++) {
        Embedding embedding = Embedding.of(MODEL, vector(random, center, 0.06f));
        String path = "file:/photos/" + person + "/" + i + ".jpg";
        people.computeIfAbsent(person, p -> new ArrayList<>()).add(embedding);
        photos.put(path, embedding);
        rows.add(face(path, 0, LARGE, embedding));
      }
    }
    rows.add(row("file:/photos/zoe/nobody.jpg", null, null, null, null));
    Collections.shuffle(rows, random);
    table = table(rows).repartition(4);
  }

  private static float[] vector(Random random, float[] around, float spread) {
    float[] vector = new float[around.length];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (around[d] + spread * random.nextGaussian());
    }
    return Embedding.of(MODEL, vector).toArray();
  }

  private static Dataset<Row> table(List<Row> rows) {
    return spark.createDataFrame(rows, FaceColumns.SCHEMA);
  }

  private static Row face(String path, int number, Box box, Embedding embedding) {
    return row(path, number, box, embedding, null);
  }

  private static Row row(
      String path,
      @Nullable Integer number,
      @Nullable Box box,
      @Nullable Embedding embedding,
      @Nullable String error) {
    Object[] points = new Object[5];
    for (int i = 0; box != null && i < points.length; i++) {
      points[i] = RowFactory.create(box.x1() + i, box.y1() + i);
    }
    return RowFactory.create(
        path,
        null,
        null,
        "detector",
        embedding == null ? MODEL : embedding.fingerprint(),
        200,
        200,
        number,
        box == null ? null : RowFactory.create(box.x1(), box.y1(), box.x2(), box.y2()),
        box == null ? null : points,
        box == null ? null : 0.9f,
        null,
        embedding == null ? null : embedding.toArray(),
        error == null ? null : RowFactory.create("IO", error));
  }

  private static Dataset<Row> labeled(Dataset<Row> faces) {
    return faces.withColumn("label", element_at(split(col("path"), "/"), -2));
  }

  @Test
  void theClassifierIsThatOfTheSameEmbeddings() throws IOException {
    for (ClassifierKind kind : List.of(ClassifierKind.SVM, ClassifierKind.KNN)) {
      TrainingResult expected = kind.trainer().folds(3).fromEmbeddings(people);
      TrainingResult trained = FaceDatasets.train(labeled(table), kind.trainer().folds(3));
      Path file = folder.resolve(kind.id());
      trained.classifier().save(file);
      expected.classifier().save(folder.resolve("expected"));
      assertArrayEquals(Files.readAllBytes(folder.resolve("expected")), Files.readAllBytes(file));
      TrainedClassifier loaded = TrainedClassifier.load(file);
      assertEquals(MODEL, loaded.fingerprint());
      assertEquals(expected.report().confusion(), trained.report().confusion());
      assertEquals(
          "[" + Path.of("/photos/zoe/nobody.jpg") + ": not used: no face was found]",
          trained.report().notes().toString());

      List<Row> named = FaceDatasets.identify(table, file).collectAsList();
      assertEquals(31, named.size());
      for (Row row : named) {
        Embedding face = FaceColumns.embedding(row);
        assertEquals(
            face == null ? null : loaded.classify(face).label(), row.<String>getAs("label"));
        assertEquals(
            face == null ? null : loaded.classify(face).score(), row.<Float>getAs("similarity"));
      }
    }
  }

  @Test
  void photosWithoutASingleFaceAreLeftOutAndNoted() {
    Embedding ada = people.get("ada").get(0);
    Embedding bao = people.get("bao").get(0);
    Box small = new Box(150, 150, 160, 160);
    Dataset<Row> some =
        table(
            List.of(
                face("/a/far smaller.jpg", 0, LARGE, ada),
                face("/a/far smaller.jpg", 1, small, bao),
                face("/a/other.jpg", 0, LARGE, ada),
                face("/a/two.jpg", 0, LARGE, ada),
                face("/a/two.jpg", 1, LARGE, bao),
                row("/b/failed.jpg", null, null, null, "disk"),
                face("/b/old and new.jpg", 0, LARGE, bao),
                face("/b/old and new.jpg", 0, LARGE, bao),
                face("/b/good.jpg", 0, LARGE, bao),
                face("/b/also.jpg", 0, LARGE, bao)));
    TrainingResult trained =
        FaceDatasets.train(labeled(some), ClassifierKind.CENTROID.trainer().closedSet());
    assertEquals(4, trained.report().summary().photos());
    Map<String, String> reasons = new TreeMap<>();
    trained
        .report()
        .notes()
        .forEach(note -> reasons.put(note.file().toString(), note.reason().name()));
    assertEquals(
        Map.of(
            Path.of("/a/two.jpg").toString(), "SEVERAL_FACES",
            Path.of("/b/failed.jpg").toString(), "UNREADABLE",
            Path.of("/b/old and new.jpg").toString(), "DUPLICATE"),
        reasons);
    assertEquals("a", trained.classifier().classify(ada).label());

    Dataset<Row> unusable = labeled(some).filter("path like '%two%'");
    assertEquals(
        "a classifier needs photos of at least two people, got 0; 1 photos were left out, the"
            + " first: "
            + trained.report().notes().get(0),
        assertThrows(
                ClassifierException.class,
                () -> FaceDatasets.train(unusable, ClassifierKind.KNN.trainer()))
            .getMessage());
  }

  @Test
  void whatIsTooMuchForTheDriverIsRefused() {
    Dataset<Row> many =
        spark
            .range(LabeledFaces.MOST_PHOTOS + 1)
            .selectExpr("concat('photo ', id) as path", "'ada' as label")
            .unionByName(labeled(table(List.of())), true);
    String said =
        assertThrows(
                ClassifierException.class,
                () -> FaceDatasets.train(many, ClassifierKind.SVM.trainer()))
            .getMessage();
    assertTrue(
        said.startsWith("100001 photos have a label, over the limit of 100000 for a classifier"),
        said);
    Dataset<Row> ofOne =
        labeled(table(List.of(face("/ada/1.jpg", 0, LARGE, people.get("ada").get(0)))))
            .crossJoin(spark.range(LabeledFaces.MOST_PHOTOS_OF_A_PERSON + 1))
            .withColumn("path", concat(col("path"), col("id")))
            .drop("id");
    try (Gallery gallery = Gallery.inMemory(CARD)) {
      said =
          assertThrows(IllegalArgumentException.class, () -> FaceDatasets.enroll(ofOne, gallery))
              .getMessage();
      assertTrue(said.startsWith("ada has more than 10000 photos"), said);
      assertEquals(0, gallery.size());
    }
    Dataset<Row> pairs =
        spark.range(EvaluatedPairs.MOST_PAIRS + 1).selectExpr("'x' as a", "'y' as b", "true same");
    said =
        assertThrows(IllegalArgumentException.class, () -> FaceDatasets.evaluate(pairs, table))
            .getMessage();
    assertTrue(said.startsWith("1000001 pairs are over the limit of 1000000"), said);
  }

  @Test
  void enrollingTwiceGivesTheSameGallery() {
    Path kept = folder.resolve("team");
    try (Gallery gallery = Gallery.in(kept).model(CARD).open()) {
      for (int i = 0; i < 2; i++) {
        List<Row> leftOut = FaceDatasets.enroll(labeled(table), gallery).collectAsList();
        assertEquals("[[file:/photos/zoe/nobody.jpg,zoe,no face was found]]", leftOut.toString());
      }
    }
    try (Gallery gallery = Gallery.open(kept)) {
      assertEquals(people.keySet(), new TreeSet<>(gallery.labels()));
      people.forEach((person, faces) -> assertEquals(faces, gallery.embeddings(person)));
    }
    assertEquals(30, FaceDatasets.identify(table, kept).filter(col("label").isNotNull()).count());
  }

  @Test
  void aPersonIsOneHoweverAccentsAreWritten() {
    Embedding face = people.get("ada").get(0);
    Dataset<Row> two =
        table(
                List.of(
                    face("/1.jpg", 0, LARGE, face),
                    face("/2.jpg", 0, LARGE, face),
                    face("/3.jpg", 0, LARGE, face)))
            .withColumn(
                "label",
                when(col("path").equalTo("/2.jpg"), lit("Z"))
                    .when(col("path").equalTo("/1.jpg"), lit("\u00c9mile"))
                    .otherwise(lit("E\u0301mile")));
    try (Gallery gallery = Gallery.inMemory(CARD)) {
      FaceDatasets.enroll(two, gallery);
      assertEquals(2, gallery.embeddings("\u00c9mile").size());
    }
  }

  @Test
  void facesOfAnotherModelAreRefused() {
    Dataset<Row> other =
        labeled(
            table(List.of(face("/ada/1.jpg", 0, LARGE, Embedding.of("other@1", new float[] {1})))));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FaceDatasets.train(
                labeled(table).union(other), ClassifierKind.KNN.trainer().closedSet()));
    try (Gallery gallery = Gallery.inMemory(CARD)) {
      assertThrows(IllegalArgumentException.class, () -> FaceDatasets.enroll(other, gallery));
    }
  }

  @Test
  void figuresOfPairsAreThoseOfTheSamePairsWithoutSpark() {
    Random random = new Random(2);
    List<String> paths = new ArrayList<>(photos.keySet());
    paths.add("file:/photos/zoe/nobody.jpg");
    Map<Path, EvaluatedPhoto> embedded = new HashMap<>();
    for (String path : paths) {
      Path file = LabeledFaces.file(path);
      Embedding embedding = photos.get(path);
      embedded.put(
          file,
          embedding == null
              ? EvaluatedPhoto.failed(file, "no face")
              : EvaluatedPhoto.embedded(
                  file, new Face(LARGE, Landmarks.of(new float[10]), 1), embedding));
    }
    List<Row> rows = new ArrayList<>();
    List<FacePair> inOrder = new ArrayList<>();
    List<FacePair> inFolds = new ArrayList<>();
    for (int i = 0; i < 403; i++) {
      String a = paths.get(random.nextInt(paths.size()));
      String b = paths.get(random.nextInt(paths.size()));
      // Some are labeled wrongly, so that the figures are no ones and zeros.
      boolean same = person(a).equals(person(b)) ^ random.nextInt(9) == 0;
      int fold = random.nextInt(4);
      rows.add(RowFactory.create(a, b, same, fold));
      inFolds.add(pair(a, b, same, fold));
      inOrder.add(pair(a, b, same, i < 3 * 41 ? i / 41 : 3 + (i - 3 * 41) / 40));
    }
    Dataset<Row> pairs =
        spark.createDataFrame(
            rows,
            FaceColumns.struct(
                FaceColumns.field("a", DataTypes.StringType),
                FaceColumns.field("b", DataTypes.StringType),
                FaceColumns.field("same", DataTypes.BooleanType),
                FaceColumns.field("fold", DataTypes.IntegerType)));
    assertSame(VerificationReport.of(inFolds, embedded), FaceDatasets.evaluate(pairs, table));
    assertSame(
        VerificationReport.of(inOrder, embedded), FaceDatasets.evaluate(pairs.drop("fold"), table));

    Dataset<Row> unknown = pairs.withColumn("b", lit("file:/elsewhere.jpg"));
    assertEquals(
        "file:/elsewhere.jpg is not in the table of faces; append all photos of the pairs",
        assertThrows(IllegalArgumentException.class, () -> FaceDatasets.evaluate(unknown, table))
            .getMessage());
    Dataset<Row> unsaid = pairs.withColumn("same", lit(null));
    String said =
        assertThrows(IllegalArgumentException.class, () -> FaceDatasets.evaluate(unsaid, table))
            .getMessage();
    assertTrue(said.endsWith(" has no same; give every pair one"), said);
  }

  private static void assertSame(VerificationReport expected, VerificationReport found) {
    assertEquals(expected.values(), found.values());
    assertEquals(expected.pairs(), found.pairs());
    assertTrue(found.withoutFace() > 0);
    assertTrue(found.roc().equalErrorRate() > 0.01);
  }

  private static String person(String path) {
    return path.split("/", -1)[2];
  }

  private static FacePair pair(String a, String b, boolean same, int fold) {
    return new FacePair(
        new PersonPhoto(person(a), LabeledFaces.file(a)),
        new PersonPhoto(person(b), LabeledFaces.file(b)),
        same,
        fold);
  }
}
