package io.facepipeline.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program on a Spark that knows nothing of this library: a driver and two executors, each a JVM
 * of its own, one of which is killed. Spark's jars come first, its Guava among them.
 */
class StockSparkTest {
  /** What is no part of Spark, by parts of its jars' paths. */
  private static final List<String> NOT_SPARKS =
      List.of(
          "facepipeline",
          "onnxruntime",
          "picocli",
          "liblinear",
          "libsvm",
          "xchart",
          "jspecify",
          "junit",
          "opentest4j",
          "apiguardian",
          "jacoco");

  private static final List<String> SHIPPED =
      List.of("facepipeline", "onnxruntime", "picocli", "liblinear", "libsvm");

  @TempDir static Path folder;
  private static final List<Process> started = new ArrayList<>();

  @AfterAll
  static void end() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void aKilledExecutorLosesAndRepeatsNothing() throws Exception {
    List<Path> photos = LocalSpark.albumIn(folder.resolve("photos"));
    Files.writeString(folder.resolve("photos/broken.jpg"), "no picture");
    Path table = folder.resolve("table");
    Process driver =
        submit(
            "--master",
            "local-cluster[2,1,1024]",
            "embed",
            "--table",
            table.toString(),
            "--photos-per-commit",
            "20",
            folder.resolve("photos").toString());
    // After the first commit, in the middle of the rest.
    boolean killed = false;
    while (!driver.waitFor(50, TimeUnit.MILLISECONDS)) {
      if (!killed && Files.exists(table.resolve("_SUCCESS"))) {
        killed =
            driver
                .descendants()
                .filter(StockSparkTest::isExecutor)
                .findFirst()
                .map(ProcessHandle::destroyForcibly)
                .orElse(false);
      }
    }
    String said = Files.readString(folder.resolve("said.txt"));
    assertEquals(1, driver.exitValue(), said); // the broken photo
    assertTrue(killed, said);
    Dataset<Row> rows = LocalSpark.session().read().parquet(table.toString());
    assertEquals(photos.size() + 1, rows.select("path").distinct().count());
    assertEquals(rows.count(), rows.dropDuplicates(new String[] {"path", "face"}).count());
    assertEquals(52, rows.filter("face is not null").count());
    assertEquals(1, rows.filter("error.type = 'UNSUPPORTED'").count());
  }

  private static boolean isExecutor(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(command -> command.contains("CoarseGrainedExecutorBackend"))
        .isPresent();
  }

  /** Runs the program as spark-submit does. */
  private static Process submit(String master, String url, String... arguments) throws IOException {
    Path home = Files.createDirectories(folder.resolve("spark"));
    Path jars = Files.createDirectories(home.resolve("jars"));
    List<String> shipped = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        if (!path.endsWith("test-classes")) {
          shipped.add(jar(path, folder.resolve("ours-" + shipped.size() + ".jar")).toString());
        }
      } else if (SHIPPED.stream().anyMatch(path.getFileName().toString()::contains)) {
        shipped.add(entry);
      } else if (Files.exists(path) && NOT_SPARKS.stream().noneMatch(entry::contains)) {
        Files.createSymbolicLink(jars.resolve(path.getFileName()), path);
      }
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()) {
      if (!option.contains("sun-misc-unsafe") && !option.contains("incubator")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", jars + File.separator + "*"));
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of(master, url, "--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.executor.cores=1"));
    command.addAll(List.of("--conf", "spark.sql.shuffle.partitions=2"));
    command.addAll(
        List.of(
            "--conf",
            "spark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
                + " -Dfacepipeline.offline=true"));
    command.addAll(List.of("--class", "io.facepipeline.spark.command.SparkFaces"));
    command.addAll(List.of("--jars", String.join(",", shipped)));
    command.add(shipped.get(0));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("said.txt").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(Files::isRegularFile).collect(Collectors.toList());
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream written = new JarOutputStream(out)) {
      for (Path file : files) {
        written.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, written);
        written.closeEntry();
      }
    }
    return jar;
  }
}
