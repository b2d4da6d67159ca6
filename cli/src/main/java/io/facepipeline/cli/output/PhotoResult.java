package io.facepipeline.cli.output;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceQuality;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.drawing.FaceDrawing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command says of one photo, in the form of the JSON it writes. Fields that a command does
 * not know are left out.
 */
public final class PhotoResult {
  /** The photo's place among those of the command. */
  public final int index;

  public final String image;
  public int width;
  public int height;
  public @Nullable Double millis;
  public @Nullable Double millisBest;
  public final List<FaceResult> faces = new ArrayList<>();
  public @Nullable String error;

  public PhotoResult(int index, String image) {
    this.index = index;
    this.image = image;
  }

  public static PhotoResult failed(int index, String image, String error) {
    PhotoResult result = new PhotoResult(index, image);
    result.error = error;
    return result;
  }

  /** The photo with the faces drawn in. */
  public Image drawnInto(Image photo) {
    FaceDrawing drawing = FaceDrawing.on(photo);
    for (FaceResult face : faces) {
      String text = face.text();
      if (face.identified) {
        drawing.face(face.face, FaceDrawing.colorOf(face.label), text);
      } else if (text.isEmpty()) {
        drawing.faces(List.of(face.face));
      } else {
        drawing.face(face.face, FaceDrawing.FOUND, text);
      }
    }
    return drawing.toImage();
  }

  /** What a command says of one face. */
  public static final class FaceResult {
    public final Face face;
    public float @Nullable [] embedding;
    public @Nullable String model;
    public boolean identified;
    public @Nullable String label;
    public @Nullable Float similarity;
    public @Nullable Float liveness;
    public boolean spoof;
    public final List<FaceAttribute.Scores> attributes = new ArrayList<>();
    public @Nullable FaceQuality quality;

    /** Whether a command that hides faces hid this one. */
    public @Nullable Boolean hidden;

    public FaceResult(Face face) {
      this.face = face;
    }

    public static FaceResult of(Face face, Embedding embedding) {
      FaceResult result = new FaceResult(face);
      result.embedding = embedding.toArray();
      result.model = embedding.fingerprint();
      return result;
    }

    public static FaceResult of(AnalyzedFace face) {
      FaceResult result =
          face.identity() != null ? of(face.identity()) : new FaceResult(face.face());
      result.quality = face.quality();
      face.attributes().forEach(result::add);
      return result;
    }

    public void add(FaceAttribute.Scores attribute) {
      attributes.add(attribute);
    }

    /** The most probable label of each attribute, or what is measured. */
    public List<String> told() {
      return attributes.stream()
          .filter(a -> !a.scores().isEmpty() || !a.values().isEmpty())
          .map(a -> a.scores().isEmpty() ? a.toString() : a.best().label())
          .toList();
    }

    /** The attributes as JSON: probabilities by label, values by name with their unit, points. */
    Map<String, Map<String, Object>> attributeValues() {
      Map<String, Map<String, Object>> all = new LinkedHashMap<>();
      for (FaceAttribute.Scores attribute : attributes) {
        Map<String, Object> one = new LinkedHashMap<>();
        attribute.scores().forEach(score -> one.put(score.label(), score.probability()));
        one.putAll(attribute.values());
        if (!attribute.unit().isEmpty()) {
          one.put("unit", attribute.unit());
        }
        if (!attribute.points().isEmpty()) {
          one.put(
              "points", attribute.points().stream().map(p -> new float[] {p.x(), p.y()}).toList());
        }
        all.put(attribute.attribute(), one);
      }
      return all;
    }

    public static FaceResult of(Identification who) {
      FaceResult result = new FaceResult(who.face());
      result.identified = true;
      result.label = who.label();
      result.similarity = who.score();
      result.liveness = who.liveness();
      result.spoof = who.spoof();
      return result;
    }

    /** Whose face it is said to be, for people. */
    public String name() {
      if (spoof) {
        return String.format(Locale.ROOT, "spoof (live %.2f)", liveness);
      }
      return label == null ? "unknown" : label;
    }

    private String text() {
      List<String> told = new ArrayList<>(told());
      if (identified) {
        String name = name();
        told.add(
            0, similarity == null ? name : String.format(Locale.ROOT, "%s %.2f", name, similarity));
      }
      return String.join(", ", told);
    }
  }
}
