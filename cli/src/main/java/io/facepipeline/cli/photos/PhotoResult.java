package io.facepipeline.cli.photos;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.AttributeScores;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceQuality;
import io.facepipeline.Identification;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a command says of one photo, in the form of the JSON it writes. Fields that a command does
 * not know are left out.
 */
public final class PhotoResult {
  public final String image;
  public int width;
  public int height;
  public @Nullable Double millis;
  public @Nullable Double millisBest;
  public final List<FaceResult> faces = new ArrayList<>();
  public @Nullable String error;

  public PhotoResult(String image) {
    this.image = image;
  }

  static PhotoResult failed(String image, String error) {
    PhotoResult result = new PhotoResult(image);
    result.error = error;
    return result;
  }

  /** What a command says of one face. */
  public static final class FaceResult {
    public final float[] box;
    public final float score;
    public final float[][] landmarks;
    public float @Nullable [] embedding;
    public @Nullable String model;
    public boolean identified;
    public @Nullable String label;
    public @Nullable Float similarity;
    public final Map<String, Map<String, Float>> attributes = new LinkedHashMap<>();
    public @Nullable FaceQuality quality;

    public FaceResult(Face face) {
      Box b = face.box();
      box = new float[] {b.x1(), b.y1(), b.x2(), b.y2()};
      score = face.score();
      landmarks = new float[5][];
      for (int i = 0; i < 5; i++) {
        Point p = face.landmarks().points().get(i);
        landmarks[i] = new float[] {p.x(), p.y()};
      }
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

    void add(AttributeScores attribute) {
      Map<String, Float> scores = new LinkedHashMap<>();
      attribute.scores().forEach(score -> scores.put(score.label(), score.probability()));
      attributes.put(attribute.attribute(), scores);
    }

    /** The most probable label of each attribute. */
    List<String> told() {
      return attributes.values().stream().map(scores -> scores.keySet().iterator().next()).toList();
    }

    public static FaceResult of(Identification who) {
      FaceResult result = new FaceResult(Objects.requireNonNull(who.face()));
      result.identified = true;
      result.label = who.label();
      result.similarity = who.score();
      return result;
    }
  }
}
