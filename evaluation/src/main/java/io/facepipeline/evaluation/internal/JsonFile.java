package io.facepipeline.evaluation.internal;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** Reads files of JSON that must have a certain form. */
public final class JsonFile {
  private JsonFile() {}

  /**
   * {@return what a file of JSON holds}
   *
   * @param file the file
   * @param what what it should hold, for messages
   * @param advice what to give instead of a file of another form
   * @param form takes the content apart with Gson's own methods
   * @throws FacePipelineException if the file cannot be read or is of another form
   */
  public static <T> T read(Path file, String what, String advice, Function<JsonElement, T> form) {
    try {
      return form.apply(JsonParser.parseString(TextFile.read(file)));
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the " + what + " " + file + ": " + e.getMessage(), e);
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | NullPointerException
        | IndexOutOfBoundsException
        | ClassCastException e) {
      // What Gson throws where the JSON is other than asked for.
      throw new FacePipelineException(
          file + " does not hold " + what + ": " + e.getMessage() + "; " + advice, e);
    }
  }
}
