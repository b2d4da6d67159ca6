package io.facepipeline.evaluation.detection;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.detection.DetectionEquality.Recorded;
import java.io.IOException;
import java.nio.file.Files;
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
final class RecordedDetections {
  private RecordedDetections() {}

  /**
   * {@return the faces of each photo; keys are the photos' paths relative to the folder of images}
   *
   * @param file the file
   * @throws FacePipelineException if the file cannot be read or is of another form
   */
  static Map<String, List<Recorded>> read(Path file) {
    try {
      Map<String, List<Recorded>> photos = new LinkedHashMap<>();
      for (JsonElement element : JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
        JsonObject photo = element.getAsJsonObject();
        List<Recorded> faces = new ArrayList<>();
        for (JsonElement face : photo.getAsJsonArray("faces")) {
          faces.add(face(face.getAsJsonObject()));
        }
        photos.put(photo.get("image").getAsString(), faces);
      }
      return photos;
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the detections " + file + ": " + e, e);
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | NullPointerException
        | IndexOutOfBoundsException e) {
      // What Gson throws where the JSON is other than asked for.
      throw new FacePipelineException(
          file
              + " does not hold detections: "
              + e.getMessage()
              + "; give JSON in the form that detect --json writes",
          e);
    }
  }

  private static Recorded face(JsonObject face) {
    JsonArray points = face.getAsJsonArray("landmarks");
    return new Recorded(
        DetectionTruth.box(face.getAsJsonArray("box")),
        points == null ? null : DetectionTruth.landmarks(points),
        face.get("score").getAsFloat());
  }
}
