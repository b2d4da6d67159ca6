package io.facepipeline.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.storage.StorageLevel;

/** Tables of faces: made of photos, and brought up to date. */
final class PhotoTables {
  /**
   * What a photo counts beside its file's bytes when photos are shared out: about what it takes to
   * look at a small one. Spark's own number would make tasks of 32 small photos, of whose time the
   * tasks themselves take a twentieth.
   */
  private static final long PHOTO_COST = 1 << 20;

  /** So many tasks for each core even out what their times differ. */
  private static final long TASKS_PER_CORE = 3;

  private PhotoTables() {}

  static Dataset<Row> faces(Dataset<Row> photos, PipelineDescription description) {
    require(photos, "photos", FaceColumns.PATH);
    SparkContext context = photos.sparkSession().sparkContext();
    boolean withContent = FaceColumns.has(photos.schema(), FaceColumns.CONTENT);
    if (photos.isStreaming() && !withContent) {
      throw new IllegalArgumentException(
          "a stream of photos needs the column content; read it with the source binaryFile");
    }
    Dataset<Row> spread = withContent ? photos : spread(photos);
    int content = withContent ? spread.schema().fieldIndex(FaceColumns.CONTENT) : -1;
    HadoopSettings settings = new HadoopSettings(context.hadoopConfiguration());
    return spread.mapPartitions(
        new PhotoFaces(description, settings, content), Encoders.row(FaceColumns.SCHEMA));
  }

  /**
   * Spreads photos that only have names, which weigh nothing, as Spark would spread the files. By
   * path, so that a partition that is computed again has the same photos.
   */
  private static Dataset<Row> spread(Dataset<Row> photos) {
    SQLConf conf = photos.sparkSession().sessionState().conf();
    long cost =
        conf.contains(SQLConf.FILES_OPEN_COST_IN_BYTES().key())
            ? conf.filesOpenCostInBytes()
            : PHOTO_COST;
    Column bytes =
        FaceColumns.has(photos.schema(), FaceColumns.LENGTH)
            ? coalesce(col(FaceColumns.LENGTH), lit(0L))
            : lit(0L);
    Row total = photos.agg(count(lit(1)), coalesce(sum(bytes.plus(cost)), lit(0L))).first();
    if (total.getLong(0) == 0) {
      return photos;
    }
    long parts = 1 + (total.getLong(1) - 1) / conf.filesMaxPartitionBytes();
    long cores = photos.sparkSession().sparkContext().defaultParallelism();
    long wanted = Math.max(parts, Math.min(TASKS_PER_CORE * cores, total.getLong(0)));
    return photos.repartition((int) Math.min(wanted, Integer.MAX_VALUE), col(FaceColumns.PATH));
  }

  static Dataset<Row> remaining(
      Dataset<Row> photos, Dataset<Row> table, PipelineDescription description) {
    require(photos, "photos", FaceColumns.PATH, FaceColumns.MODIFICATION_TIME);
    require(
        table,
        "table",
        FaceColumns.PATH,
        FaceColumns.MODIFICATION_TIME,
        FaceColumns.DETECTOR,
        FaceColumns.MODEL,
        FaceColumns.ERROR);
    return photos.join(
        done(table, description.detectorSettings(), description.card().fingerprint()),
        new String[] {FaceColumns.PATH, FaceColumns.MODIFICATION_TIME},
        "left_anti");
  }

  private static Dataset<Row> done(Dataset<Row> table, String detector, String model) {
    Column storageFailed =
        coalesce(
            col(FaceColumns.ERROR)
                .getField(FaceColumns.ERROR_TYPE)
                .equalTo(io.facepipeline.ImageException.Reason.IO.name()),
            lit(false));
    return table
        .filter(
            col(FaceColumns.MODEL)
                .equalTo(model)
                .and(col(FaceColumns.DETECTOR).equalTo(detector))
                .and(storageFailed.unary_$bang()))
        .select(FaceColumns.PATH, FaceColumns.MODIFICATION_TIME);
  }

  static long append(
      Dataset<Row> photos, String table, PipelineDescription description, int photosPerCommit) {
    if (photosPerCommit < 1) {
      throw new IllegalArgumentException(
          "at least one photo is committed at a time, got " + photosPerCommit);
    }
    require(photos, "photos", FaceColumns.PATH, FaceColumns.MODIFICATION_TIME);
    String model = description.card().fingerprint();
    Dataset<Row> files =
        photos
            .drop(FaceColumns.CONTENT) // the tasks read it, of what remains
            .dropDuplicates(new String[] {FaceColumns.PATH, FaceColumns.MODIFICATION_TIME})
            .persist(StorageLevel.MEMORY_AND_DISK()); // listed once
    try {
      return append(files, table, description, model, photosPerCommit);
    } finally {
      files.unpersist();
    }
  }

  private static long append(
      Dataset<Row> files,
      String table,
      PipelineDescription description,
      String model,
      int photosPerCommit) {
    long total = left(files, table, description, model).count();
    long commits = (total + photosPerCommit - 1) / photosPerCommit;
    Column commit = pmod(xxhash64(col(FaceColumns.PATH)), lit(commits));
    for (long i = 0; i < commits; i++) {
      faces(left(files, table, description, model).filter(commit.equalTo(i)), description)
          .write()
          .mode(SaveMode.Append)
          .partitionBy(FaceColumns.MODEL)
          .parquet(table);
    }
    return total;
  }

  private static Dataset<Row> left(
      Dataset<Row> photos, String table, PipelineDescription description, String model) {
    SparkSession spark = photos.sparkSession();
    if (!exists(spark, table)) {
      return photos;
    }
    return photos.join(
        done(spark.read().parquet(table), description.detectorSettings(), model),
        new String[] {FaceColumns.PATH, FaceColumns.MODIFICATION_TIME},
        "left_anti");
  }

  /** Whether something was committed to a table. */
  private static boolean exists(SparkSession spark, String table) {
    Path folder = new Path(table);
    try {
      FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      return files.exists(folder)
          && Arrays.stream(files.listStatus(folder))
              .anyMatch(f -> f.isDirectory() && f.getPath().getName().startsWith("model="));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for the table of faces " + table, e);
    }
  }

  /** Refuses a data set that lacks a column. */
  static void require(Dataset<Row> data, String name, String... columns) {
    for (String column : columns) {
      if (!FaceColumns.has(data.schema(), column)) {
        throw new IllegalArgumentException(
            "the "
                + name
                + " have no column "
                + column
                + ", only "
                + Arrays.asList(data.columns())
                + "; select or rename it");
      }
    }
  }
}
