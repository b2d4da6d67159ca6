package io.facepipeline.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/** Files that came with the job, on the driver and on the executors. */
final class ShippedFiles {
  private ShippedFiles() {}

  /** The path of a file or folder that was shipped by this name; else the name itself. */
  static String find(String name) {
    if (SparkEnv.get() == null || Path.of(name).isAbsolute()) {
      return name;
    }
    Path shipped = Path.of(SparkFiles.getRootDirectory()).resolve(name);
    return Files.exists(shipped) ? shipped.toString() : name;
  }
}
