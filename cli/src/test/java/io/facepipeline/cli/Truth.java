package io.facepipeline.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the sample album really shows: who is where in which photo. */
public final class Truth {
  private static final Map<String, List<Shown>> PHOTOS = read();

  private Truth() {}

  /** A face and whose it is. */
  public record Shown(String person, Face face) {
    public boolean isStranger() {
      return person.startsWith("stranger");
    }
  }

  /** The faces of each photo, the largest first; the photos by their paths in the album. */
  static Map<String, List<Shown>> photos() {
    return PHOTOS;
  }

  public static List<Shown> faces(String photo) {
    return PHOTOS.get(photo);
  }

  private static Map<String, List<Shown>> read() {
    Map<String, List<Shown>> photos = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> photo : json().getAsJsonObject("images").entrySet()) {
      List<Shown> faces = new ArrayList<>();
      for (JsonElement face : photo.getValue().getAsJsonObject().getAsJsonArray("faces")) {
        faces.add(shown(face.getAsJsonObject()));
      }
      faces.sort(Comparator.comparing((Shown s) -> s.face().box().area()).reversed());
      photos.put(photo.getKey(), List.copyOf(faces));
    }
    return photos;
  }

  private static Shown shown(JsonObject face) {
    JsonArray b = face.getAsJsonArray("box");
    Box box =
        new Box(
            b.get(0).getAsFloat(),
            b.get(1).getAsFloat(),
            b.get(2).getAsFloat(),
            b.get(3).getAsFloat());
    float[] xy = new float[10];
    for (int i = 0; i < xy.length; i++) {
      xy[i] = face.getAsJsonArray("landmarks").get(i / 2).getAsJsonArray().get(i % 2).getAsFloat();
    }
    return new Shown(
        face.get("person").getAsString(), new Face(box, Landmarks.of(xy), /* score= */ 0.99f));
  }

  private static JsonObject json() {
    try {
      return JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
