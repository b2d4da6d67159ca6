package io.facepipeline.evaluation.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the files that {@link AnnotatedFace#read} names. */
public final class DetectionTruth {
  private DetectionTruth() {}

  /**
   * {@return the faces of each photo; keys are the photos' paths relative to the folder of images}
   *
   * @param file a file of JSON if its name ends in {@code .json}, or else an ellipse list
   * @throws FacePipelineException if the file cannot be read or is of another form
   */
  public static Map<String, List<AnnotatedFace>> read(Path file) {
    if (!String.valueOf(file.getFileName()).endsWith(".json")) {
      return FddbAnnotations.read(file);
    }
    return JsonFile.read(
        file,
        "annotations",
        "give FDDB's ellipse list or JSON (docs/command-line.md shows the form)",
        json -> json.isJsonArray() ? list(json.getAsJsonArray()) : album(json.getAsJsonObject()));
  }

  private static Map<String, List<AnnotatedFace>> list(JsonArray photos) {
    Map<String, List<AnnotatedFace>> truth = new LinkedHashMap<>();
    for (JsonElement element : photos) {
      JsonObject photo = element.getAsJsonObject();
      List<AnnotatedFace> faces = new ArrayList<>();
      boolean ellipses = photo.has("ellipses");
      for (JsonElement region : photo.getAsJsonArray(ellipses ? "ellipses" : "boxes")) {
        JsonArray n = region.getAsJsonArray();
        faces.add(
            AnnotatedFace.of(
                ellipses
                    ? new FaceRegion.Ellipse(
                        n.get(0).getAsDouble(),
                        n.get(1).getAsDouble(),
                        n.get(2).getAsDouble(),
                        n.get(3).getAsDouble(),
                        n.get(4).getAsDouble())
                    : new FaceRegion.Rectangle(box(n))));
      }
      truth.put(photo.get("file").getAsString(), faces);
    }
    return truth;
  }

  private static Map<String, List<AnnotatedFace>> album(JsonObject json) {
    Map<String, List<AnnotatedFace>> truth = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> photo : json.getAsJsonObject("images").entrySet()) {
      List<AnnotatedFace> faces = new ArrayList<>();
      for (JsonElement element : photo.getValue().getAsJsonObject().getAsJsonArray("faces")) {
        JsonObject face = element.getAsJsonObject();
        faces.add(
            new AnnotatedFace(
                new FaceRegion.Rectangle(box(face.getAsJsonArray("box"))),
                face.has("landmarks") ? landmarks(face.getAsJsonArray("landmarks")) : null));
      }
      truth.put(photo.getKey(), faces);
    }
    return truth;
  }

  public static Box box(JsonArray n) {
    return new Box(
        n.get(0).getAsFloat(), n.get(1).getAsFloat(), n.get(2).getAsFloat(), n.get(3).getAsFloat());
  }

  public static Landmarks landmarks(JsonArray points) {
    float[] xy = new float[2 * points.size()];
    for (int i = 0; i < xy.length; i++) {
      xy[i] = points.get(i / 2).getAsJsonArray().get(i % 2).getAsFloat();
    }
    return Landmarks.of(xy);
  }
}
