package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.testkit.SharedData;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the thread's class loader knows nothing of the library, or another copy of it. */
class ForeignLoaderTest {
  @TempDir Path folder;

  @Test
  void theDefaultsAreFoundUnderAnyContextLoader() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
      for (ClassLoader context : Arrays.asList(null, empty)) {
        thread.setContextClassLoader(context);
        assertEquals(1, faces());
      }
    } finally {
      thread.setContextClassLoader(before);
    }
    assertEquals(1, CompletableFuture.supplyAsync(ForeignLoaderTest::faces).get());
  }

  private static int faces() {
    try (FacePipeline faces = FacePipeline.create()) {
      return faces.detect(Image.read(SharedData.album("people/ada/ada_1.jpg"))).size();
    }
  }

  /**
   * In a process of its own, since a process loads a native library for one class loader only. The
   * context loader of a host may hold another copy of the library, which is not the plug-in's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"null", "empty", "host", "own"})
  void aPluginFindsItsOwnDefaults(String context) throws Exception {
    boolean host = context.equals("host");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.awt.headless=true");
    for (String property : List.of("facepipeline.cache", "facepipeline.offline")) {
      command.add("-D" + property + "=" + System.getProperty(property));
    }
    String own = place(Plugin.class);
    String all = System.getProperty("java.class.path");
    command.addAll(List.of("-cp", host ? all : own));
    command.addAll(List.of(Plugin.class.getName(), context, all));
    command.add(SharedData.album("people/ada/ada_1.jpg").toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        throw new AssertionError("the plug-in did not end: " + Files.readString(log));
      }
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertEquals(0, process.exitValue(), said);
    assertEquals("1 face", said.lines().reduce((first, last) -> last).orElse(""), said);
  }

  private static String place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** Calls the library in a class loader that the rest of the program does not see. */
  static final class Plugin {
    private Plugin() {}

    public static void main(String[] args) throws ReflectiveOperationException, IOException {
      URL[] library = urls(args[1]);
      ClassLoader host = Thread.currentThread().getContextClassLoader();
      try (URLClassLoader plugin =
              new URLClassLoader(library, ClassLoader.getPlatformClassLoader());
          URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
        Thread.currentThread()
            .setContextClassLoader(
                switch (args[0]) {
                  case "null" -> null;
                  case "empty" -> empty;
                  case "own" -> plugin;
                  default -> host;
                });
        Class<?> type = plugin.loadClass("io.facepipeline.FacePipeline");
        Class<?> image = plugin.loadClass("io.facepipeline.Image");
        Object photo = image.getMethod("read", Path.class).invoke(null, Path.of(args[2]));
        try (AutoCloseable faces = (AutoCloseable) type.getMethod("create").invoke(null)) {
          List<?> found = (List<?>) type.getMethod("detect", image).invoke(faces, photo);
          System.out.println(found.size() + " face");
        } catch (Exception e) {
          throw new ReflectiveOperationException("create", e);
        }
      }
    }

    private static URL[] urls(String path) throws MalformedURLException {
      List<URL> urls = new ArrayList<>();
      for (String part : path.split(File.pathSeparator, -1)) {
        urls.add(Path.of(part).toUri().toURL());
      }
      return urls.toArray(new URL[0]);
    }
  }
}
