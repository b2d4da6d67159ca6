package io.facepipeline.training.mtcnn;

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
 * Where a run puts its networks and, in the folder {@code work} below, what it needs until they are
 * done. Whatever is there is whole: a run that was cut off goes on from it.
 *
 * @param out the folder
 */
record WorkFolder(Path out) {
  /** {@return a stage's network} */
  Path result(Stage stage) {
    return out.resolve(stage.id() + ".safetensors");
  }

  /** {@return a stage's network as it comes out of the training} */
  Path trained(Stage stage) {
    return work().resolve(stage.id() + ".trained.safetensors");
  }

  /** {@return a stage's crops} */
  Path crops(Stage stage) {
    return work().resolve(stage.id() + ".crops");
  }

  /** {@return the folder of checkpoints and logs} */
  Path work() {
    return out.resolve("work");
  }

  /**
   * Makes sure that what is there was made from the same photos in the same way.
   *
   * @param settings all that the result hangs on
   * @throws FacePipelineException if the run that the folder belongs to had other settings
   */
  void requireSame(Map<String, String> settings) {
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

  /** What a file of the working folder holds; made and written there first if it is missing. */
  <T> T kept(String name, TypeToken<T> type, Supplier<T> maker) {
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

  /** Makes room: a stage that is done needs its crops no more. */
  void deleteCrops(Stage stage) {
    try {
      Files.deleteIfExists(crops(stage));
    } catch (IOException e) {
      throw new FacePipelineException("cannot delete the crops " + crops(stage) + ": " + e, e);
    }
  }

  /** Writes what is known of the finished networks. */
  void writeCard(Map<String, Object> card) {
    write(
        out.resolve("mtcnn.json"),
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
