package io.facepipeline.training.faces;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import io.facepipeline.PhotoFolder;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.internal.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The research data that the default networks were trained on, as far as a folder holds them:
 * {@code training/wider/wider_train_part.json} with {@code images}, {@code
 * fddb/fddb_folds_1-3.json} with {@code images}, {@code lfw/pairs.txt} with {@code images} by
 * person, and {@code training/lfw_5_points.tsv}. FDDB's last fold and the people of LFW's last fold
 * (of those that are there) validate: they are left out of what is trained on, by name.
 *
 * @param training the photos to train on
 * @param detection those to measure detection on
 * @param landmarks those to measure landmarks on, one marked face each
 */
public record ResearchPhotos(
    List<LabelledPhoto> training,
    List<ValidationPhoto> detection,
    List<ValidationPhoto> landmarks) {
  public static final String WIDER = "wider";
  public static final String FDDB = "fddb";
  public static final String LFW = "lfw";

  /**
   * {@return what a folder holds}
   *
   * @throws FacePipelineException if a file is not of its format, or none of them is there
   */
  public static ResearchPhotos read(Path folder) {
    ResearchPhotos photos =
        new ResearchPhotos(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    photos.addWider(folder.resolve("training/wider"));
    photos.addFddb(folder.resolve("fddb"));
    photos.addLfw(folder.resolve("lfw"), folder.resolve("training/lfw_5_points.tsv"));
    if (photos.training().isEmpty()) {
      throw new FacePipelineException(
          folder
              + " holds none of training/wider, fddb and lfw; give the folder above them, or your"
              + " own photos with --labels");
    }
    return photos;
  }

  private void addWider(Path folder) {
    json(folder.resolve("wider_train_part.json"), photos -> addWider(folder, photos));
  }

  private void addWider(Path folder, JsonArray photos) {
    for (JsonElement element : photos) {
      JsonObject photo = element.getAsJsonObject();
      List<LabelledFace> faces = new ArrayList<>();
      for (JsonElement face : photo.getAsJsonArray("faces")) {
        JsonObject f = face.getAsJsonObject();
        faces.add(
            new LabelledFace(box(f.getAsJsonArray("box")), null, f.get("ignore").getAsBoolean()));
      }
      training.add(new LabelledPhoto(file(folder, photo), WIDER, faces, true));
    }
  }

  private void addFddb(Path folder) {
    json(folder.resolve("fddb_folds_1-3.json"), photos -> addFddb(folder, photos));
  }

  private void addFddb(Path folder, JsonArray all) {
    int last = 0;
    for (JsonElement element : all) {
      last = Math.max(last, element.getAsJsonObject().get("fold").getAsInt());
    }
    for (JsonElement element : all) {
      JsonObject photo = element.getAsJsonObject();
      if (photo.get("fold").getAsInt() == last) {
        List<AnnotatedFace> faces = new ArrayList<>();
        for (JsonElement ellipse : photo.getAsJsonArray("ellipses")) {
          faces.add(AnnotatedFace.of(ellipse(ellipse.getAsJsonArray())));
        }
        detection.add(new ValidationPhoto(file(folder, photo), faces));
      } else {
        List<LabelledFace> faces = new ArrayList<>();
        for (JsonElement face : photo.getAsJsonArray("boxes")) {
          faces.add(new LabelledFace(box(face.getAsJsonArray()), null, false));
        }
        training.add(new LabelledPhoto(file(folder, photo), FDDB, faces, true));
      }
    }
  }

  private static Path file(Path folder, JsonObject photo) {
    return folder.resolve("images").resolve(photo.get("file").getAsString());
  }

  private void addLfw(Path folder, Path points) {
    Path pairs = folder.resolve("pairs.txt");
    if (!Files.exists(pairs)) {
      return;
    }
    Set<String> held = lastFold(pairs);
    Map<String, LabelledFace> marked = marked(points);
    for (Path file : PhotoFolder.scan(folder.resolve("images")).photos()) {
      String person = String.valueOf(file.getName(file.getNameCount() - 2));
      LabelledFace face = marked.get(person + "/" + file.getFileName());
      if (!held.contains(person)) {
        List<LabelledFace> faces = face == null ? List.of() : List.of(face);
        training.add(new LabelledPhoto(file, LFW, faces, false));
      } else if (face != null) {
        FaceRegion region = new FaceRegion.Rectangle(face.box());
        landmarks.add(
            new ValidationPhoto(file, List.of(new AnnotatedFace(region, face.landmarks()))));
      }
    }
  }

  /** The people of the last fold of LFW's list of pairs, whose first line says how many. */
  private static Set<String> lastFold(Path pairs) {
    List<String> lines = lines(pairs);
    try {
      String[] head = lines.get(0).split("\t", -1);
      int folds = Integer.parseInt(head[0]);
      int size = 2 * Integer.parseInt(head[1]);
      Set<String> people = new TreeSet<>();
      for (String line : lines.subList(1 + (folds - 1) * size, 1 + folds * size)) {
        String[] fields = line.split("\t", -1);
        people.add(fields[0]);
        if (fields.length == 4) {
          people.add(fields[2]);
        }
      }
      return people;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new FacePipelineException(
          pairs
              + " is not a list of pairs in LFW's format, whose first line has the numbers of folds"
              + " and pairs: "
              + e,
          e);
    }
  }

  private static Map<String, LabelledFace> marked(Path points) {
    Map<String, LabelledFace> faces = new HashMap<>();
    if (!Files.exists(points)) {
      return faces;
    }
    List<String> lines = lines(points);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split("\t", -1);
      float[] numbers = new float[14];
      try {
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Float.parseFloat(fields[i + 1]);
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new FacePipelineException(
            points + ": expected a name, a box and five points, got \"" + line + "\"", e);
      }
      float[] xy = new float[10];
      System.arraycopy(numbers, 4, xy, 0, xy.length);
      Box box = new Box(numbers[0], numbers[1], numbers[2], numbers[3]);
      faces.put(fields[0], new LabelledFace(box, Landmarks.of(xy), false));
    }
    return faces;
  }

  private static FaceRegion ellipse(JsonArray numbers) {
    return new FaceRegion.Ellipse(
        numbers.get(0).getAsDouble(),
        numbers.get(1).getAsDouble(),
        numbers.get(2).getAsDouble(),
        numbers.get(3).getAsDouble(),
        numbers.get(4).getAsDouble());
  }

  private static Box box(JsonArray edges) {
    return new Box(
        edges.get(0).getAsFloat(),
        edges.get(1).getAsFloat(),
        edges.get(2).getAsFloat(),
        edges.get(3).getAsFloat());
  }

  private static void json(Path file, Consumer<JsonArray> photos) {
    if (Files.exists(file)) {
      JsonFile.read(
          file,
          "labels of photos",
          "give the file as it is published",
          json -> {
            photos.accept(json.getAsJsonArray());
            return true;
          });
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read " + file + ": " + e, e);
    }
  }
}
