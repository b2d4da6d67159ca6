package io.facepipeline.fuzz;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What must hold for any bytes that somebody hands to a reader: it reads them, or it says in one of
 * the library's own exceptions what is wrong with them. Anything else is a finding; so is a file
 * that does not fit in this JVM's heap, or takes longer than the fuzzer's limit.
 */
public final class Hostile {
  /** A reader at work. */
  @FunctionalInterface
  public interface Reading {
    /** Reads. */
    void read() throws IOException;
  }

  private static final Path FOLDER = folder();

  private Hostile() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("facepipeline-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Deletes a folder and what is in it.
   *
   * @param folder the folder
   */
  public static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return a file of a name with a content, written over at the next call}
   *
   * @param name its name, which may name a folder below too
   * @param content its content
   */
  public static Path file(String name, byte[] content) {
    try {
      Path file = FOLDER.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return an empty folder of a name}
   *
   * @param name its name
   */
  public static Path emptyFolder(String name) {
    Path folder = FOLDER.resolve(name);
    delete(folder);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads, and lets nothing pass but the library's own exceptions.
   *
   * @param reading the reader at work
   */
  public static void read(Reading reading) {
    try {
      reading.read();
    } catch (FacePipelineException e) {
      String message = e.getMessage();
      if (message == null || message.isBlank()) {
        throw new AssertionError("an exception that says nothing: " + e, e);
      }
    } catch (IOException e) {
      throw new AssertionError("a raw " + e, e);
    }
  }
}
