package io.facepipeline.internal;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which the library keeps what it can make or fetch again: downloaded and converted
 * models and unpacked native libraries. It is where the system property {@code facepipeline.cache}
 * or the environment variable {@code FACEPIPELINE_CACHE} says, else {@code facepipeline} where the
 * operating system keeps caches (the XDG base directory specification, Windows' local application
 * data, macOS's Library). Thread-safe.
 */
public final class UserCache {
  /** The system property that names the folder. */
  public static final String PROPERTY = "facepipeline.cache";

  /** The environment variable that names the folder. */
  public static final String VARIABLE = "FACEPIPELINE_CACHE";

  private static final String NAME = "facepipeline";
  private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";

  private UserCache() {}

  /**
   * {@return the folder, which need not exist; empty where nothing names one and the user has no
   * home folder, as in containers whose user has no name}
   */
  public static Optional<Path> find() {
    return find(
        System.getProperty("os.name", ""), k -> System.getProperty(k, ""), UserCache::variable);
  }

  /**
   * {@return the folder, which need not exist}
   *
   * @throws FacePipelineException if there is none; the message names the settings
   */
  public static Path folder() {
    return find().orElseThrow(() -> new FacePipelineException(missing()));
  }

  /** {@return the message for a missing folder} */
  public static String missing() {
    return "there is no home folder to keep a cache in (the system property user.home is '"
        + System.getProperty("user.home", "")
        + "'); "
        + advice();
  }

  /**
   * Makes JavaCPP, which loads OpenCV, FFmpeg and PyTorch, unpack native libraries below this
   * folder, unless another one is set; its default is a folder in the user's home. Call it before
   * the first library is loaded.
   *
   * @throws FacePipelineException if there is no folder to keep them in
   */
  public static void holdJavaCppNatives() {
    if (System.getProperty(JAVACPP) == null) {
      Path natives = folder().toAbsolutePath().resolve("natives").resolve("javacpp");
      System.setProperty(JAVACPP, natives.toString());
    }
  }

  /** {@return how to name another folder, for messages} */
  public static String advice() {
    return "name a folder with the environment variable "
        + VARIABLE
        + " or the system property "
        + PROPERTY;
  }

  /** The properties and the variables give the empty string for what is not set. */
  static Optional<Path> find(
      String system, UnaryOperator<String> properties, UnaryOperator<String> variables) {
    String chosen = firstOf(properties.apply(PROPERTY), variables.apply(VARIABLE));
    if (chosen != null) {
      return Optional.of(Path.of(chosen));
    }
    String name = system.toLowerCase(Locale.ROOT);
    // Java says "?" for a user whom the system does not know.
    String home = properties.apply("user.home");
    Optional<Path> known =
        home.isBlank() || home.equals("?") || !Path.of(home).isAbsolute()
            ? Optional.empty()
            : Optional.of(Path.of(home));
    if (name.startsWith("windows")) {
      String local = firstOf(variables.apply("LOCALAPPDATA"));
      return (local == null
              ? known.map(h -> h.resolve("AppData").resolve("Local"))
              : Optional.of(Path.of(local)))
          .map(data -> data.resolve(NAME).resolve("Cache"));
    }
    if (name.startsWith("mac")) {
      return known.map(h -> h.resolve("Library").resolve("Caches").resolve(NAME));
    }
    String xdg = firstOf(variables.apply("XDG_CACHE_HOME"));
    // The specification says that a relative path is to be ignored.
    return xdg != null && Path.of(xdg).isAbsolute()
        ? Optional.of(Path.of(xdg, NAME))
        : known.map(h -> h.resolve(".cache").resolve(NAME));
  }

  private static @Nullable String firstOf(String... values) {
    for (String value : values) {
      if (!value.isBlank()) {
        return value;
      }
    }
    return null;
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }
}
