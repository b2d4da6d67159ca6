package io.facepipeline.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/speed.md tells of Spark. The properties make it long: {@code
 * facepipeline.spark.photos=DIR} and {@code facepipeline.spark.rounds=N}, {@code
 * facepipeline.spark.faces=N}.
 */
class SparkMeasurementsTest {
  private static final int ROUNDS = Integer.getInteger("facepipeline.spark.rounds", 1);
  private static final int FACES = Integer.getInteger("facepipeline.spark.faces", 1500);
  private static final int DIMENSIONS = 128;
  private static final float THRESHOLD = 0.5f;

  @TempDir Path folder;

  @Test
  void photosPerSecondBesideThePipelinesOwn() throws IOException {
    String given = System.getProperty("facepipeline.spark.photos");
    Path photos = given == null ? folder.resolve("photos") : Path.of(given);
    if (given == null) {
      LocalSpark.albumIn(photos);
    }
    List<ImageSource> sources;
    try (Stream<Path> files = Files.walk(photos)) {
      sources = files.filter(Files::isRegularFile).sorted().map(ImageSource::of).toList();
    }
    SparkSession spark = LocalSpark.session();
    Dataset<Row> faces =
        FaceDatasets.faces(
            FaceDatasets.photos(spark, photos.toString()), PipelineDescription.defaults());
    List<Double> ratios = new ArrayList<>();
    List<Double> cpuRatios = new ArrayList<>();
    List<Double> cpuTimes = new ArrayList<>();
    try (FacePipeline pipeline = FacePipeline.builder().parallelism(2).build()) {
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        long cpuStart = cpuTime();
        List<Outcome<List<EmbeddedFace>>> expected = pipeline.embedAll(sources);
        long between = System.nanoTime();
        long cpuBetween = cpuTime();
        long rows = faces.filter("face is not null").count();
        long end = System.nanoTime();
        long cpuEnd = cpuTime();
        cpuRatios.add((cpuBetween - cpuStart) / (double) (cpuEnd - cpuBetween));
        cpuTimes.add((cpuEnd - cpuBetween) / 1e6 / sources.size());
        assertEquals(
            expected.stream().filter(Outcome::isPresent).mapToInt(o -> o.get().size()).sum(), rows);
        ratios.add((between - start) / (double) (end - between));
      }
    }
    ratios.sort(null);
    cpuRatios.sort(null);
    cpuTimes.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%d photos: Spark has %.2f of the pipeline's photos per second, %.2f per second of"
            + " processor time, and takes %.1f ms of it for a photo (medians of %d rounds)%n",
        sources.size(),
        ratios.get((ROUNDS - 1) / 2),
        cpuRatios.get((ROUNDS - 1) / 2),
        cpuTimes.get(ROUNDS / 2),
        ROUNDS);
  }

  /** What all threads of this JVM have had, in nanoseconds; on a busy machine it tells more. */
  private static long cpuTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  @Test
  void neighborsOfManyFacesAreTheExactOnes() {
    Random random = new Random(7);
    List<Embedding> embeddings = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    float[][] people = new float[Math.max(1, FACES / 10)][DIMENSIONS];
    for (float[] person : people) {
      fill(random, new float[DIMENSIONS], 1, person);
    }
    for (int i = 0; i < FACES; i++) {
      float[] vector = new float[DIMENSIONS];
      // Similarities of one person's faces lie around the threshold.
      fill(random, people[random.nextInt(people.length)], 0.09f, vector);
      vectors.add(vector);
      embeddings.add(Embedding.of("model@1", vector));
      rows.add(RowFactory.create("photo " + i, 0, "model@1", vector));
    }
    SparkSession spark = LocalSpark.session();
    String table = folder.resolve("table").toString();
    spark
        .createDataFrame(
            rows,
            FaceColumns.struct(
                FaceColumns.field("path", DataTypes.StringType),
                FaceColumns.field("face", DataTypes.IntegerType),
                FaceColumns.field("model", DataTypes.StringType),
                FaceColumns.field(
                    "embedding", DataTypes.createArrayType(DataTypes.FloatType, false))))
        .write()
        .parquet(table);
    LongAdder expected = new LongAdder();
    IntStream.range(0, FACES)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < i; j++) {
                if (roughProduct(vectors.get(i), vectors.get(j)) >= THRESHOLD - 1e-3f
                    && embeddings.get(i).similarity(embeddings.get(j)) >= THRESHOLD) {
                  expected.increment();
                }
              }
            });
    long start = System.nanoTime();
    Dataset<Row> pairs = FaceDatasets.neighbors(spark.read().parquet(table), THRESHOLD);
    assertEquals(expected.sum(), pairs.distinct().count());
    long between = System.nanoTime();
    long sorted = FaceDatasets.cluster(spark.read().parquet(table), THRESHOLD).count();
    long end = System.nanoTime();
    assertEquals(FACES, sorted);
    assertTrue(expected.sum() > FACES / 2, expected + " pairs");
    System.out.printf(
        Locale.ROOT,
        "%d faces: %d pairs, as exact, in %.1f s; people in %.1f s; heap %d MB%n",
        FACES,
        expected.sum(),
        (between - start) / 1e9,
        (end - between) / 1e9,
        Runtime.getRuntime().totalMemory() >> 20);
  }

  /** The product of two vectors, to about one in a million. */
  private static float roughProduct(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = 0; i < DIMENSIONS; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static void fill(Random random, float[] around, float spread, float[] vector) {
    double norm = 0;
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (around[d] + spread * random.nextGaussian());
      norm += (double) vector[d] * vector[d];
    }
    for (int d = 0; d < vector.length; d++) {
      vector[d] /= (float) Math.sqrt(norm);
    }
  }
}
