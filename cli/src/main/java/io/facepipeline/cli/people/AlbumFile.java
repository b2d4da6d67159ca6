package io.facepipeline.cli.people;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.classify.cluster.FaceAlbum;
import io.facepipeline.classify.cluster.FaceAlbum.Place;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** An album of people in a JSON file, and the corrections of the command line. */
final class AlbumFile {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().setPrettyPrinting().disableHtmlEscaping().create();

  private AlbumFile() {}

  /** The album of a file; an empty one if the file is not there yet. */
  static FaceAlbum read(@Nullable Path file) {
    if (file == null || !Files.exists(file)) {
      return FaceAlbum.empty();
    }
    try {
      return Objects.requireNonNull(
          GSON.fromJson(TextFile.read(file), FaceAlbum.class), "it is empty");
    } catch (RuntimeException e) {
      // Gson wraps what the records' constructors throw for missing or impossible values, and
      // speaks of classes and calls.
      throw new FacePipelineException(
          file + " is not an album written by 'cluster --album', or is damaged; name another file",
          e);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  static void write(Path file, FaceAlbum album) {
    Reports.write(file, GSON.toJson(album) + "\n");
  }

  /** The album with what the user says of it. */
  static FaceAlbum corrected(
      CommandSpec spec,
      FaceAlbum before,
      List<String> merges,
      List<String> splits,
      List<String> names) {
    FaceAlbum album = before;
    try {
      for (String split : splits) {
        int person = person(split, ":");
        String photo = split.substring(split.indexOf(':') + 1);
        List<Place> out =
            album.person(person).faces().stream()
                .filter(face -> face.photo().equals(photo))
                .toList();
        if (out.isEmpty()) {
          throw new IllegalArgumentException(
              "person "
                  + person
                  + " has no face in "
                  + photo
                  + "; photos are named as in the file");
        }
        album = album.without(person, out);
      }
      for (String merge : merges) {
        int into = person(merge, ",");
        album = album.merged(into, number(merge.substring(merge.indexOf(',') + 1), "--merge"));
      }
      for (String name : names) {
        album = album.named(person(name, ":"), name.substring(name.indexOf(':') + 1));
      }
    } catch (IllegalArgumentException e) {
      throw Exit.wrongUsage(spec, String.valueOf(e.getMessage()));
    }
    return album;
  }

  private static int person(String given, String separator) {
    int end = given.indexOf(separator);
    try {
      return Integer.parseInt(given.substring(0, Math.max(0, end)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a person's number and '" + separator + "' are expected first, got " + given, e);
    }
  }

  private static int number(String given, String option) {
    try {
      return Integer.parseInt(given);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          option + " needs the numbers of two people, such as 3,7; got " + given, e);
    }
  }
}
