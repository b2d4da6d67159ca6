package io.facepipeline.onnx.internal;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.facepipeline.onnx.InferenceException;
import io.facepipeline.onnx.cache.RuntimeNatives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's environment, of which a process has one. All of this library asks for it here, so
 * that the runtime's libraries come from the cache, the temporary folder is left as it was, and the
 * runtime neither prints nor reports anything.
 */
public final class RuntimeEnvironment {
  /**
   * The runtime's own setting for a session: with "1", products of bytes are added up exactly also
   * where {@link #BYTES_OVERFLOW}. Elsewhere it only takes twice the time.
   */
  public static final String EXACT_BYTES = "session.x64quantprecision";

  /**
   * Whether the runtime's fast way of adding up products of bytes may saturate at 16 bits: on x86
   * without VNNI, or where nobody says that it is there.
   */
  public static final boolean BYTES_OVERFLOW = isX86() && !hasVnni();

  /** The runtime's own setting: a folder with its libraries. */
  private static final String NATIVES = "onnxruntime.native.path";

  private static final List<String> SET_BY_OTHERS =
      List.of(
          NATIVES,
          "onnxruntime.native.onnxruntime.path",
          "onnxruntime.native.onnxruntime.skip",
          "onnxruntime.native.onnxruntime4j_jni.path",
          "onnxruntime.native.onnxruntime4j_jni.skip");

  private static final String TEMPORARY = "java.io.tmpdir";
  private static final String RUNTIMES_FOLDER = "onnxruntime-java*";
  private static final System.Logger LOG = System.getLogger("io.facepipeline.onnx.runtime");

  private static @Nullable OrtEnvironment environment;
  private static @Nullable String failure;
  private static @Nullable Path natives;

  private RuntimeEnvironment() {}

  /**
   * {@return the environment; the runtime is loaded with the first call}
   *
   * @throws InferenceException if it cannot be loaded
   */
  public static synchronized OrtEnvironment get() {
    if (environment != null) {
      return environment;
    }
    if (failure != null) {
      throw new InferenceException(failure, null);
    }
    // Both can be mended while the process runs, so that neither is remembered.
    requireTemporaryFolder();
    boolean set = SET_BY_OTHERS.stream().anyMatch(key -> System.getProperty(key) != null);
    Optional<RuntimeNatives.Folder> folder = set ? Optional.empty() : RuntimeNatives.unpack();
    try {
      environment = folder.isPresent() ? loadFrom(folder.get().path()) : load();
    } catch (InferenceException e) {
      failure = e.getMessage();
      throw e;
    } finally {
      // A file that is loaded stays until the process ends, without its name.
      folder
          .filter(RuntimeNatives.Folder::temporary)
          .ifPresent(temporary -> RuntimeNatives.remove(temporary.path()));
    }
    natives = folder.map(RuntimeNatives.Folder::path).orElse(null);
    return environment;
  }

  /**
   * Makes the libraries of an execution provider ready; the runtime looks for them beside its own.
   */
  public static synchronized void addNatives(List<String> libraries) {
    get();
    if (natives != null) {
      RuntimeNatives.add(natives, libraries);
    }
  }

  /**
   * How much the runtime prints on standard error: it has no other way to say anything, and
   * whatever makes a call fail is in the exception too. Whoever looks for more lets this logger
   * through.
   */
  public static OrtLoggingLevel loggingLevel() {
    return LOG.isLoggable(System.Logger.Level.DEBUG)
        ? OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING
        : OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
  }

  private static boolean isX86() {
    return Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
  }

  private static boolean hasVnni() {
    Path cpuInfo = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpuInfo)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines.anyMatch(line -> line.matches("flags\\s*:.*\\b(avx512_vnni|avx_vnni)\\b.*"));
    } catch (IOException | UncheckedIOException e) {
      return false; // as where there is no such file
    }
  }

  private static OrtEnvironment loadFrom(Path folder) {
    System.setProperty(NATIVES, folder.toString());
    try {
      return load();
    } finally {
      System.clearProperty(NATIVES);
    }
  }

  private static OrtEnvironment load() {
    Set<Path> before = runtimesFolders();
    try {
      OrtEnvironment loaded = OrtEnvironment.getEnvironment(loggingLevel());
      // The builds for Windows hand events to the operating system unless told not to.
      loaded.setTelemetry(false);
      return loaded;
    } catch (OrtException | RuntimeException | LinkageError e) {
      throw new InferenceException(
          "onnx runtime's native library cannot be loaded: "
              + reason(e)
              + "; it should be loaded from "
              + System.getProperty(
                  NATIVES, "where the system properties onnxruntime.native.* point")
              + " for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; the artifact has libraries for Linux with glibc (x86-64, ARM64), macOS on ARM64"
              + " and Windows x86-64",
          e);
    } finally {
      removeEmptyFolder(before);
    }
  }

  private static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.toString();
  }

  /** The runtime makes a folder there, whether it needs it or not. */
  private static void requireTemporaryFolder() {
    Path folder = Path.of(System.getProperty(TEMPORARY, ""));
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new InferenceException(
          "the temporary folder '"
              + folder
              + "' "
              + (Files.isDirectory(folder) ? "cannot be written" : "does not exist")
              + ", but onnx runtime needs it; create it, or name another with -Djava.io.tmpdir=DIR",
          null);
    }
  }

  private static Set<Path> runtimesFolders() {
    Set<Path> found = new HashSet<>();
    try (var folders =
        Files.newDirectoryStream(Path.of(System.getProperty(TEMPORARY, "")), RUNTIMES_FOLDER)) {
      folders.forEach(found::add);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the temporary folder cannot be listed: " + e);
    }
    return found;
  }

  /**
   * The runtime removes its empty folder when the process ends well. If exactly one has appeared it
   * is this process's own, and goes now.
   */
  private static void removeEmptyFolder(Set<Path> before) {
    Set<Path> own = runtimesFolders();
    own.removeAll(before);
    if (own.size() == 1) {
      try {
        Files.deleteIfExists(own.iterator().next());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "the runtime's folder is left: " + e);
      }
    }
  }
}
