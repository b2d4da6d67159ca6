package io.facepipeline.spark;

import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Spark inside this JVM, with two cores, and the photos of the album. */
public final class LocalSpark {
  private LocalSpark() {}

  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.driver.host", "localhost")
        .config("spark.sql.warehouse.dir", "target/warehouse")
        .getOrCreate();
  }

  /**
   * Copies the album's photos into a folder of their own.
   *
   * @param parts the folders of the album that are meant; all if there are none
   */
  public static List<Path> albumIn(Path folder, String... parts) {
    Path album = SharedData.album("");
    try (Stream<Path> files = Files.walk(album)) {
      return files
          .filter(file -> file.toString().endsWith(".jpg"))
          .filter(
              file ->
                  parts.length == 0
                      || Stream.of(parts).anyMatch(part -> file.startsWith(album.resolve(part))))
          .sorted()
          .map(
              file -> {
                Path copy = folder.resolve(album.relativize(file).toString());
                try {
                  Files.createDirectories(copy.getParent());
                  return Files.copy(file, copy);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
