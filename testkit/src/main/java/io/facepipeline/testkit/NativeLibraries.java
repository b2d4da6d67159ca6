package io.facepipeline.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * The native libraries in the artifacts on the class path, looked through for the addresses of
 * services that collect what programs do. Some makers of libraries build them in, and they work
 * without a word.
 */
public final class NativeLibraries {
  /** What only the code that reports to such a service holds, in its own letters. */
  private static final List<String> MARKS =
      List.of(
          "events.data.microsoft.com",
          "vortex.data.microsoft.com",
          "OneCollector",
          "DeveloperTools/.onnxruntime",
          "applicationinsights.azure.com",
          "google-analytics.com",
          "ingest.sentry.io",
          "api.segment.io",
          "api.mixpanel.com",
          "scarf.sh");

  private static final int CHUNK = 1 << 20;
  private static final int OVERLAP = 128;

  private NativeLibraries() {}

  /**
   * {@return the libraries that hold such an address, and which}
   *
   * @param artifact a part of the names of the artifacts to look into; there must be libraries in
   *     them
   * @throws AssertionError if there are none
   */
  public static Map<String, List<String>> thatReport(String artifact) {
    Map<String, List<String>> found = new TreeMap<>();
    int libraries = 0;
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(element);
      if (element.endsWith(".jar") && String.valueOf(jar.getFileName()).contains(artifact)) {
        libraries += search(jar, found);
      }
    }
    if (libraries == 0) {
      throw new AssertionError(
          "no artifact named *" + artifact + "* on the class path has natives");
    }
    return found;
  }

  /** Looks into one artifact, and returns how many libraries it has. */
  static int search(Path jar, Map<String, List<String>> found) {
    int libraries = 0;
    try (JarFile file = new JarFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(file.entries())) {
        if (isLibrary(entry.getName())) {
          libraries++;
          try (InputStream in = file.getInputStream(entry)) {
            List<String> marks = marksIn(in);
            if (!marks.isEmpty()) {
              found.put(jar.getFileName() + "!" + entry.getName(), marks);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return libraries;
  }

  private static boolean isLibrary(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return file.matches(".*\\.(so|dll|dylib|jnilib)(\\.[0-9.]+)?");
  }

  /** The marks that some bytes hold, a byte or, as Windows likes it, two for a letter. */
  static List<String> marksIn(InputStream in) throws IOException {
    List<String> found = new ArrayList<>();
    byte[] chunk = new byte[CHUNK + OVERLAP];
    int kept = 0;
    for (int read = in.readNBytes(chunk, kept, CHUNK);
        read > 0;
        read = in.readNBytes(chunk, kept, CHUNK)) {
      int length = kept + read;
      String letters = new String(chunk, 0, length, StandardCharsets.ISO_8859_1);
      for (String mark : MARKS) {
        String wide =
            new String(mark.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
        if (!found.contains(mark) && (letters.contains(mark) || letters.contains(wide))) {
          found.add(mark);
        }
      }
      kept = Math.min(OVERLAP, length);
      System.arraycopy(chunk, length - kept, chunk, 0, kept);
    }
    return found;
  }

  /**
   * {@return whether a program is on the path, for tests that use it where it is at hand}
   *
   * @param name its name
   */
  public static boolean isProgram(String name) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }
}
