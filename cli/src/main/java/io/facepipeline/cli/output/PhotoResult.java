package io.facepipeline.cli.output;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.AttributeScores;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
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

  static PhotoResult failed(int index, String image, String error) {
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
    public final Map<String, Map<String, Float>> attributes = new LinkedHashMap<>();
    public @Nullable FaceQuality quality;

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

    public void add(AttributeScores attribute) {
      Map<String, Float> scores = new LinkedHashMap<>();
      attribute.scores().forEach(score -> scores.put(score.label(), score.probability()));
      attributes.put(attribute.attribute(), scores);
    }

    /** The most probable label of each attribute. */
    public List<String> told() {
      return attributes.values().stream().map(scores -> scores.keySet().iterator().next()).toList();
    }

    public static FaceResult of(Identification who) {
      FaceResult result = new FaceResult(who.face());
      result.identified = true;
      result.label = who.label();
      result.similarity = who.score();
      return result;
    }

    private String text() {
      List<String> told = new ArrayList<>(told());
      if (identified) {
        String name = label == null ? "unknown" : label;
        told.add(
            0, similarity == null ? name : String.format(Locale.ROOT, "%s %.2f", name, similarity));
      }
      return String.join(", ", told);
    }
  }
}
