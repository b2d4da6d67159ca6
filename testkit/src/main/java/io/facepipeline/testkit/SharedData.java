package io.facepipeline.testkit;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Real weights, photos and reference results that the tests use where they are at hand: the folder
 * that the system property {@code facepipeline.shared} names. A test that asks for a file that is
 * not there is skipped, with a message.
 */
public final class SharedData {
  private static final String PROPERTY = "facepipeline.shared";

  private SharedData() {}

  /**
   * {@return a file or folder of the shared data; the calling test is skipped if it is absent}
   *
   * @param path the path below the folder, such as {@code models/mtcnn}
   */
  public static Path path(String path) {
    Path file = root().resolve(path);
    boolean there = Files.exists(file);
    if (!there) {
      System.out.println("SKIPPED: no " + path + " in the shared test data (" + PROPERTY + ")");
    }
    Assumptions.assumeTrue(
        there, "no " + path + " in the shared test data; set -D" + PROPERTY + "=DIR to run this");
    return file;
  }

  /** {@return whether the shared data are at hand} */
  public static boolean isPresent() {
    return Files.isDirectory(root().resolve("models"));
  }

  /**
   * {@return a JSON file of the shared data}
   *
   * @param path the path below the folder
   */
  public static JsonElement json(String path) {
    try (Reader reader = Files.newBufferedReader(path(path))) {
      return JsonParser.parseReader(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return the files below a folder of the shared data, sorted}
   *
   * @param path the path below the folder
   */
  public static List<Path> files(String path) {
    try (Stream<Path> files = Files.walk(path(path))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return a file of the sample album, which is part of the project}
   *
   * @param path the path below the album, such as {@code groups/group_1.jpg}
   */
  public static Path album(String path) {
    String root = System.getProperty("facepipeline.root", "..");
    return Path.of(root, "examples", "src", "main", "resources", "album").resolve(path);
  }

  private static Path root() {
    return Path.of(System.getProperty(PROPERTY, "../shared"));
  }
}
