package io.facepipeline.embedding.internal;

import com.google.common.hash.Hashing;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.architecture.BuiltInArchitectures;
import io.facepipeline.onnx.graph.Graph;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What tells conversions apart that different versions of this library make of one checkpoint: the
 * release, and while there is none, when the code was built, so that nobody who works on the
 * converter is given yesterday's models. The build writes both into the artifacts.
 */
public final class ConverterVersion {
  /** To be raised when a release converts differently than the one before. */
  private static final String FORMAT = "2";

  private ConverterVersion() {}

  public static String current() {
    return FORMAT
        + " "
        + stamp(Graph.class, "/META-INF/facepipeline-onnx.properties")
        + " "
        + stamp(ConverterVersion.class, "/META-INF/facepipeline-embedding.properties");
  }

  /**
   * With what tells versions of an architecture apart: nothing for the library's own, which change
   * with the library; for others' the class file.
   */
  public static String of(Architecture architecture) {
    return BuiltInArchitectures.all().contains(architecture)
        ? current()
        : current() + " " + classFile(architecture.getClass());
  }

  private static String classFile(Class<?> type) {
    String name = type.getName();
    String resource = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(resource)) {
      return name + (in == null ? "" : " " + Hashing.sha256().hashBytes(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("the class " + name + " cannot be read", e);
    }
  }

  /** A snapshot is named by the time of its build, a release by its version. */
  public static String stamp(Class<?> module, String resource) {
    Properties properties = new Properties();
    try (InputStream in = module.getResourceAsStream(resource)) {
      if (in == null) {
        return "unknown";
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the resource " + resource + " cannot be read", e);
    }
    String version = properties.getProperty("version", "unknown");
    return version.endsWith("-SNAPSHOT")
        ? version + " " + properties.getProperty("built", "")
        : version;
  }
}
