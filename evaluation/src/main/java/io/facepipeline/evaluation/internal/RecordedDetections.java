package io.facepipeline.evaluation.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.internal.DetectionEquality.Recorded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what any detector found, in the form that {@code detect --json} writes: {@code [{"image",
 * "faces": [{"box": [x1, y1, x2, y2], "score", "landmarks": [[x, y], ...]}]}]}. Landmarks may be
 * left out.
 */
public final class RecordedDetections {
  private RecordedDetections() {}

  /**
   * {@return the faces of each photo; keys are the photos' paths relative to the folder of images}
   *
   * @param file the file
   * @throws FacePipelineException if the file cannot be read or is of another form
   */
  public static Map<String, List<Recorded>> read(Path file) {
    return JsonFile.read(
        file,
        "detections",
        "give JSON in the form that detect --json writes",
        json -> photos(json.getAsJsonArray()));
  }

  private static Map<String, List<Recorded>> photos(JsonArray json) {
    Map<String, List<Recorded>> photos = new LinkedHashMap<>();
    for (JsonElement element : json) {
      JsonObject photo = element.getAsJsonObject();
      List<Recorded> faces = new ArrayList<>();
      for (JsonElement face : photo.getAsJsonArray("faces")) {
        faces.add(face(face.getAsJsonObject()));
      }
      photos.put(photo.get("image").getAsString(), faces);
    }
    return photos;
  }

  private static Recorded face(JsonObject face) {
    JsonArray points = face.getAsJsonArray("landmarks");
    return new Recorded(
        DetectionTruth.box(face.getAsJsonArray("box")),
        points == null ? null : DetectionTruth.landmarks(points),
        face.get("score").getAsFloat());
  }
}
