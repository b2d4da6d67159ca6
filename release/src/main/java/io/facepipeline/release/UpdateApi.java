package io.facepipeline.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes every published module's {@code api.txt} anew; see CONTRIBUTING.md. */
public final class UpdateApi {
  /** How to, for whoever is told that a file is out of date. */
  static final String COMMAND = "mvn -q -Dquick -Dapi=update -pl release -am process-classes";

  private UpdateApi() {}

  /**
   * Writes the files.
   *
   * @param arguments the repository's root folder
   * @throws IOException if one cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    for (PublicModule module : PublicModule.all(UpdateApi.class.getClassLoader())) {
      String text = ApiText.of(module);
      Path file = file(root, module);
      if (!text.equals(read(file))) {
        Files.writeString(file, text);
        System.out.println("wrote " + file);
      }
    }
  }

  static Path file(Path root, PublicModule module) {
    return root.resolve(module.folder()).resolve("api.txt");
  }

  /** The file's text with line ends as this project has them, or null where there is none. */
  static @Nullable String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : null;
  }
}
