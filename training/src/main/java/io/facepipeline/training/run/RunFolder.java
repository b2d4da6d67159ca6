package io.facepipeline.training.run;

import com.google.common.collect.Sets;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The output folder of a run. Its subfolder {@code work} holds intermediate files. All files are
 * written atomically, so an interrupted run continues from them.
 *
 * @param out the folder
 */
public record RunFolder(Path out) {
  private static final String UNSET = "unset";

  /** {@return the folder of checkpoints and logs} */
  public Path work() {
    return out.resolve("work");
  }

  /**
   * Checks that the folder's files come from the same photos and settings, and deletes files that a
   * killed run did not finish.
   *
   * @param settings everything the result depends on
   * @throws FacePipelineException if the folder belongs to a run with other settings
   */
  public void requireSame(Map<String, String> settings) {
    try {
      // Crops take gigabytes, also those that a killed run was in the middle of.
      WholeFile.deleteParts(out);
      WholeFile.deleteParts(work());
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot delete unfinished files in " + out + "; check the folder's permissions: " + e, e);
    }
    Map<String, String> begun =
        kept("settings.json", new TypeToken<Map<String, String>>() {}, () -> settings);
    // Those of the earlier run too: what it was given and this one is not changes the result.
    for (String name : Sets.union(settings.keySet(), begun.keySet())) {
      String value = settings.getOrDefault(name, UNSET);
      String old = begun.getOrDefault(name, UNSET);
      if (!value.equals(old)) {
        throw new FacePipelineException(
            out
                + " belongs to a run with "
                + name
                + " "
                + old
                + ", not "
                + value
                + "; use the same setting to continue, or another --out to start again");
      }
    }
  }

  /**
   * {@return the content of a file in the working folder; it is created first if it is missing}
   *
   * @param name the file's name
   * @param type the content's type, for JSON
   * @param maker creates the content
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
          "cannot read " + file + "; delete it, and it will be created again: " + e, e);
    }
    T made = maker.get();
    write(file, new Gson().toJson(made));
    return made;
  }

  /**
   * Writes the card of the result.
   *
   * @param name the file's name in the run's folder
   * @param card the content of the JSON
   */
  public void writeCard(String name, Map<String, Object> card) {
    write(
        out.resolve(name),
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card));
  }

  private static void write(Path file, String text) {
    try {
      WholeFile.write(file, WholeFile.Access.UMASK, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }
}
