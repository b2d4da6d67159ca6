package io.facepipeline.onnx.store;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's cached models lie: where the system property or the environment variable says,
 * else where the operating system keeps caches (the XDG base directory specification, Windows'
 * local application data, macOS's Library).
 */
final class UserCache {
  static final String PROPERTY = "facepipeline.cache";
  static final String VARIABLE = "FACEPIPELINE_CACHE";
  private static final String NAME = "facepipeline";

  private UserCache() {}

  static Path folder() {
    return folder(
        System.getProperty("os.name", ""), k -> System.getProperty(k, ""), UserCache::variable);
  }

  /** The properties and the variables give the empty string for what is not set. */
  static Path folder(
      String system, UnaryOperator<String> properties, UnaryOperator<String> variables) {
    String chosen = firstOf(properties.apply(PROPERTY), variables.apply(VARIABLE));
    if (chosen != null) {
      return Path.of(chosen);
    }
    Path home = Path.of(properties.apply("user.home"));
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      String local = firstOf(variables.apply("LOCALAPPDATA"));
      Path data = local == null ? home.resolve("AppData").resolve("Local") : Path.of(local);
      return data.resolve(NAME).resolve("Cache");
    }
    if (name.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve(NAME);
    }
    String xdg = firstOf(variables.apply("XDG_CACHE_HOME"));
    // The specification says that a relative path is to be ignored.
    boolean usable = xdg != null && Path.of(xdg).isAbsolute();
    return (usable ? Path.of(xdg) : home.resolve(".cache")).resolve(NAME);
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
