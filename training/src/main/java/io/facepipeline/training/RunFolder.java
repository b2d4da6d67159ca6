package io.facepipeline.training;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where a run puts what it makes and, in the folder {@code work} below, what it needs until that is
 * done. Whatever is there is whole: a run that was cut off goes on from it.
 *
 * @param out the folder
 */
public record RunFolder(Path out) {
  /** {@return the folder of checkpoints and logs} */
  public Path work() {
    return out.resolve("work");
  }

  /**
   * Makes sure that what is there was made from the same photos in the same way.
   *
   * @param settings all that the result hangs on
   * @throws FacePipelineException if the run that the folder belongs to had other settings
   */
  public void requireSame(Map<String, String> settings) {
    Map<String, String> begun =
        kept("settings.json", new TypeToken<Map<String, String>>() {}, () -> settings);
    settings.forEach(
        (name, value) -> {
          String old = begun.getOrDefault(name, "");
          if (!value.equals(old)) {
            throw new FacePipelineException(
                out
                    + " was begun with "
                    + name
                    + " "
                    + old
                    + ", not "
                    + value
                    + "; give the same again to go on, or another --out to begin anew");
          }
        });
  }

  /**
   * {@return what a file of the working folder holds; made and written there first if it is
   * missing}
   *
   * @param name the file's
   * @param type of what it holds, for JSON
   * @param maker makes it
   * @param <T> the type
   */
  public <T> T kept(String name, TypeToken<T> type, Supplier<T> maker) {
    Path file = work().resolve(name);
    try {
      if (Files.exists(file)) {
        return new Gson().fromJson(Files.readString(file), type);
      }
    } catch (IOException | JsonParseException e) {
      throw new FacePipelineException(
          "cannot read " + file + "; delete it to have it made again: " + e, e);
    }
    T made = maker.get();
    write(file, new Gson().toJson(made));
    return made;
  }

  /**
   * Writes what is known of what was made.
   *
   * @param name the file's, in the run's folder
   * @param card what JSON is made of
   */
  public void writeCard(String name, Map<String, Object> card) {
    write(
        out.resolve(name),
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card));
  }

  private static void write(Path file, String text) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(unfinished, text);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }
}
