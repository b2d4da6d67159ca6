package io.facepipeline.embedding;

import io.facepipeline.onnx.graph.Graph;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Stream;

/**
 * What tells conversions apart that different versions of this library make of one checkpoint: the
 * release, and while there is none, when the code was built, so that nobody who works on the
 * converter is given yesterday's models.
 */
final class ConverterVersion {
  /** To be raised when a release converts differently than the one before. */
  private static final String FORMAT = "2";

  private static final String CURRENT =
      FORMAT + " " + stamp(Graph.class) + " " + stamp(ConverterVersion.class);

  private ConverterVersion() {}

  static String current() {
    return CURRENT;
  }

  private static String stamp(Class<?> code) {
    String release = code.getPackage().getImplementationVersion();
    if (release != null && !release.endsWith("-SNAPSHOT")) {
      return release;
    }
    CodeSource source = code.getProtectionDomain().getCodeSource();
    if (source == null) {
      return "unknown";
    }
    try (Stream<Path> files = Files.walk(Path.of(source.getLocation().toURI()))) {
      long newest = 0;
      long size = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
        size += Files.size(file);
      }
      return newest + "/" + size;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(
          "the code of " + code.getName() + " was loaded from " + source + ", which is gone", e);
    }
  }
}
