package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.EmbeddedFace;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceDatasetsTest {
  private static final PipelineDescription DEFAULTS = PipelineDescription.defaults();

  @TempDir static Path folder;
  private static List<Path> album;
  private static SparkSession spark;

  /** The rows of all photos, computed once. */
  private static Map<String, List<Row>> rows;

  @BeforeAll
  static void takeAll() throws IOException {
    spark = LocalSpark.session();
    album = LocalSpark.albumIn(folder.resolve("photos"));
    Files.writeString(folder.resolve("photos/broken.jpg"), "no picture");
    Files.createFile(folder.resolve("photos/empty.jpg"));
    rows = byPath(FaceDatasets.faces(photos(), DEFAULTS));
  }

  private static Dataset<Row> photos() {
    return FaceDatasets.photos(spark, folder.resolve("photos").toString());
  }

  private static Map<String, List<Row>> byPath(Dataset<Row> faces) {
    Map<String, List<Row>> rows =
        faces.collectAsList().stream()
            .collect(
                Collectors.groupingBy(row -> row.getAs("path"), TreeMap::new, Collectors.toList()));
    rows.values().forEach(of -> of.sort(Comparator.comparing(row -> (Integer) row.getAs("face"))));
    return rows;
  }

  private static String pathOf(Path file) {
    return "file:" + file;
  }

  @Test
  void aRowForEachFaceEqualsThePipelines() {
    try (FacePipeline pipeline = FacePipeline.create()) {
      List<Outcome<List<EmbeddedFace>>> expected =
          pipeline.embedAll(album.stream().map(ImageSource::of).toList());
      int faces = 0;
      for (int i = 0; i < album.size(); i++) {
        List<EmbeddedFace> of = expected.get(i).get();
        List<Row> found = rows.get(pathOf(album.get(i)));
        faces += of.size();
        assertEquals(Math.max(1, of.size()), found.size(), album.get(i).toString());
        for (int f = 0; f < of.size(); f++) {
          Row row = found.get(f);
          assertEquals(f, row.<Integer>getAs("face"));
          assertEquals(of.get(f).face(), FaceColumns.face(row));
          assertEquals(pipeline.card().fingerprint(), row.getAs("model"), "the model that made it");
          assertArrayEquals(
              of.get(f).embedding().toArray(),
              Objects.requireNonNull(FaceColumns.embedding(row)).toArray(),
              1e-5f);
          assertNull(row.getAs("error"));
        }
      }
      assertEquals(52, faces);
      assertEquals(album.size() + 2, rows.size());
    }
  }

  @Test
  void aPhotoOfNobodyIsARow() {
    List<Row> nobody =
        rows.values().stream()
            .flatMap(List::stream)
            .filter(row -> row.getAs("face") == null && row.getAs("error") == null)
            .toList();
    assertEquals(1, nobody.size());
    assertTrue(nobody.get(0).<Integer>getAs("width") > 0);
    assertNull(nobody.get(0).getAs("embedding"));
  }

  @Test
  void aPhotoThatFailsIsARowWithTheError() {
    Row broken = rows.get(pathOf(folder.resolve("photos/broken.jpg"))).get(0);
    assertEquals("UNSUPPORTED", broken.getStruct(broken.fieldIndex("error")).getAs("type"));
    assertEquals(10L, broken.<Long>getAs("length"));
    Row empty = rows.get(pathOf(folder.resolve("photos/empty.jpg"))).get(0);
    assertEquals("EMPTY", empty.getStruct(empty.fieldIndex("error")).getAs("type"));
  }

  @Test
  void aPhotoThatIsGoneOrTooLargeIsARowWithTheError() throws IOException {
    Path some = Files.createDirectory(folder.resolve("some"));
    Path gone = Files.copy(album.get(0), some.resolve("gone.jpg"));
    Dataset<Row> listed = FaceDatasets.photos(spark, some.toString()).cache();
    assertEquals(1, listed.count());
    Files.delete(gone);
    Row row = FaceDatasets.faces(listed, DEFAULTS).first();
    assertEquals("MISSING", row.getStruct(row.fieldIndex("error")).getAs("type"));
    Files.copy(album.get(0), gone);
    PipelineDescription strict =
        DEFAULTS.withReadOptions(ReadOptions.defaults().withMaxEncodedBytes(1000));
    row = FaceDatasets.faces(listed, strict).first();
    assertEquals("TOO_LARGE", row.getStruct(row.fieldIndex("error")).getAs("type"));
    row = FaceDatasets.faces(content(some), strict).first();
    assertEquals("TOO_LARGE", row.getStruct(row.fieldIndex("error")).getAs("type"));
  }

  private static Dataset<Row> content(Path of) {
    return spark.read().format("binaryFile").load(of.toString());
  }

  @Test
  void photosWithContentGiveTheSame() {
    Path people = folder.resolve("photos/people/ada");
    Map<String, List<Row>> found = byPath(FaceDatasets.faces(content(people), DEFAULTS));
    assertEquals(4, found.size());
    found.forEach((path, of) -> assertEquals(rows.get(path), of));
  }

  @Test
  void smallPhotosShareTasks() {
    Dataset<Row> small =
        spark.range(1000).selectExpr("concat('photo ', id) as path", "15000L as length");
    assertEquals(8, FaceDatasets.faces(small, DEFAULTS).rdd().getNumPartitions());
    assertEquals(6, FaceDatasets.faces(small.limit(300), DEFAULTS).rdd().getNumPartitions());
    assertEquals(4, FaceDatasets.faces(small.limit(4), DEFAULTS).rdd().getNumPartitions());
    String key = "spark.sql.files.openCostInBytes";
    spark.conf().set(key, "4194304");
    try {
      assertEquals(32, FaceDatasets.faces(small, DEFAULTS).rdd().getNumPartitions());
    } finally {
      spark.conf().unset(key);
    }
  }

  @Test
  void photosWithoutPathAreRefused() {
    Dataset<Row> other = spark.range(3).toDF("id");
    String said =
        assertThrows(IllegalArgumentException.class, () -> FaceDatasets.faces(other, DEFAULTS))
            .getMessage();
    assertEquals("the photos have no column path, only [id]; select or rename it", said);
  }

  @Test
  void appendAddsWhatIsNew() throws IOException {
    Path some = folder.resolve("growing");
    Files.createDirectories(some);
    for (int i = 0; i < 6; i++) {
      Files.copy(album.get(i), some.resolve(i + ".jpg"));
    }
    Files.writeString(some.resolve("broken.jpg"), "no picture");
    String table = folder.resolve("table").toString();
    assertEquals(7, append(some, table, DEFAULTS));
    assertEquals(0, append(some, table, DEFAULTS));
    assertEquals(7, photosIn(table));
    Files.copy(album.get(7), some.resolve("7.jpg"));
    Files.delete(some.resolve("0.jpg"));
    Files.copy(album.get(8), some.resolve("0.jpg"));
    Files.setLastModifiedTime(
        some.resolve("0.jpg"), java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));
    assertEquals(2, append(some, table, DEFAULTS));
    assertEquals(9, photosIn(table));
    // Another model's rows stand beside, in a part of their own.
    assertEquals(8, append(some, table, DEFAULTS.withMirrored(true)));
    assertEquals(17, photosIn(table));
    assertEquals(2, spark.read().parquet(table).select("model").distinct().count());
    assertEquals(0, append(some, table, DEFAULTS));
  }

  private static long append(Path photos, String table, PipelineDescription description) {
    return FaceDatasets.append(
        FaceDatasets.photos(spark, photos.toString()), table, description, 3);
  }

  /** Photos in a table, none of whose faces is there twice. */
  private static long photosIn(String table) {
    Dataset<Row> rows = spark.read().parquet(table);
    String[] face = {"path", "modificationTime", "model", "face"};
    assertEquals(rows.count(), rows.dropDuplicates(face).count());
    return rows.dropDuplicates(new String[] {"path", "modificationTime", "model"}).count();
  }

  @Test
  void failuresOfTheStorageRemain() {
    Dataset<Row> listed = photos();
    Dataset<Row> table = FaceDatasets.faces(listed.filter(col("path").contains(".jpg")), DEFAULTS);
    String io = "named_struct('type', 'IO', 'message', 'disk')";
    Dataset<Row> failed =
        table
            .filter(col("path").endsWith("broken.jpg"))
            .withColumn("error", org.apache.spark.sql.functions.expr(io));
    Dataset<Row> others = table.filter("not endswith(path, 'broken.jpg')");
    Dataset<Row> left = FaceDatasets.remaining(listed, others.union(failed), DEFAULTS);
    List<Row> remaining = left.collectAsList();
    assertEquals(1, remaining.size());
    assertTrue(remaining.get(0).<String>getAs("path").endsWith("broken.jpg"));
  }
}
