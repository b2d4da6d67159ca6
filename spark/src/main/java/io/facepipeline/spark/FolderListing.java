package io.facepipeline.spark;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Lists files, by the tasks, a folder at a time. Spark's own listing keeps all names at the driver,
 * and leaves out empty files, which are broken photos here.
 */
final class FolderListing implements FlatMapFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  private static final String IS_FOLDER = "isFolder";

  private static final StructType SCHEMA =
      FaceColumns.struct(
          FaceColumns.field(FaceColumns.PATH, DataTypes.StringType),
          FaceColumns.nullable(FaceColumns.MODIFICATION_TIME, DataTypes.TimestampType),
          FaceColumns.nullable(FaceColumns.LENGTH, DataTypes.LongType),
          FaceColumns.field(IS_FOLDER, DataTypes.BooleanType));

  private final HadoopSettings settings;
  private final boolean below;

  private FolderListing(HadoopSettings settings, boolean below) {
    this.settings = settings;
    this.below = below;
  }

  static Dataset<Row> of(SparkSession spark, List<String> folders) {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    List<Row> roots = folders.stream().map(folder -> root(folder, configuration)).toList();
    HadoopSettings settings = new HadoopSettings(configuration);
    return spark
        .createDataFrame(roots, SCHEMA)
        .flatMap(new FolderListing(settings, false), Encoders.row(SCHEMA))
        // Each task lists some of the folders in the roots.
        .repartition(
            TASKS_PER_CORE * spark.sparkContext().defaultParallelism(), col(FaceColumns.PATH))
        .flatMap(new FolderListing(settings, true), Encoders.row(SCHEMA))
        .drop(IS_FOLDER);
  }

  private static final int TASKS_PER_CORE = 4;

  private static Row root(String folder, Configuration configuration) {
    Path path = new Path(folder);
    try {
      return row(path.getFileSystem(configuration).getFileStatus(path));
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "the folder of photos " + folder + " does not exist; check the path", e);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static Row row(FileStatus status) {
    return RowFactory.create(
        status.getPath().toString(),
        new Timestamp(status.getModificationTime()),
        status.getLen(),
        status.isDirectory());
  }

  private static UncheckedIOException failed(Path folder, IOException e) {
    return new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
  }

  @Override
  public Iterator<Row> call(Row row) {
    if (!row.<Boolean>getAs(IS_FOLDER)) {
      return List.of(row).iterator();
    }
    return new Files(new Path(row.<String>getAs(FaceColumns.PATH)));
  }

  /** What is in a folder, and below it if that is asked for. */
  private final class Files implements Iterator<Row> {
    private final Deque<Path> folders = new ArrayDeque<>();
    private @Nullable RemoteIterator<FileStatus> inFolder;
    private final Deque<Row> ready = new ArrayDeque<>();

    Files(Path folder) {
      folders.add(folder);
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && (inFolder != null || !folders.isEmpty())) {
        if (inFolder == null) {
          Path folder = folders.remove();
          try {
            inFolder = folder.getFileSystem(settings.configuration()).listStatusIterator(folder);
          } catch (IOException e) {
            throw failed(folder, e);
          }
        }
        advance(inFolder);
      }
      return !ready.isEmpty();
    }

    private void advance(RemoteIterator<FileStatus> statuses) {
      try {
        if (!statuses.hasNext()) {
          inFolder = null;
          return;
        }
        FileStatus status = statuses.next();
        String name = status.getPath().getName();
        if (name.startsWith(".") || name.startsWith("_")) {
          return;
        }
        if (below && status.isDirectory()) {
          folders.add(status.getPath());
        } else {
          ready.add(row(status));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot list photos: " + e.getMessage(), e);
      }
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }
  }
}
