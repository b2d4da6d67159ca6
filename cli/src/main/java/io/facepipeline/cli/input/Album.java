package io.facepipeline.cli.input;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sample album inside the jar: eight people who do not exist, and photos of them with
 * strangers.
 */
public final class Album {
  private static final String FOLDER = "/album/";

  private Album() {}

  /** The portraits of each person. */
  public static Map<String, List<ImageSource>> people() {
    Map<String, List<ImageSource>> people = new LinkedHashMap<>();
    for (String file : index()) {
      Path path = Path.of(file);
      if (path.startsWith("people")) {
        people
            .computeIfAbsent(path.getName(1).toString(), p -> new ArrayList<>())
            .add(new Resource(file));
      }
    }
    return people;
  }

  /** The group photos, and one of nobody. */
  public static List<ImageSource> groups() {
    List<ImageSource> groups = new ArrayList<>();
    for (String file : index()) {
      if (file.startsWith("groups/")) {
        groups.add(new Resource(file));
      }
    }
    return groups;
  }

  private static List<String> index() {
    return new String(bytes("index.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] bytes(String file) {
    try (InputStream stream = Album.class.getResourceAsStream(FOLDER + file)) {
      if (stream == null) {
        throw new FacePipelineException("the sample album lacks " + file + "; build the jar again");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new FacePipelineException("the sample album's " + file + " cannot be read", e);
    }
  }

  private record Resource(String name) implements ImageSource {
    @Override
    public Image load() {
      return Image.read(bytes(name));
    }
  }
}
