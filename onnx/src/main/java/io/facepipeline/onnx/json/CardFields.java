package io.facepipeline.onnx.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The fields that a model's card and a catalog's entry have in common. What is missing or of
 * another form is an {@link IllegalArgumentException}, or one of Gson's, that says so.
 */
public final class CardFields {
  private static final String ARCFACE = "arcface";

  private CardFields() {}

  /**
   * Refuses unknown keys, so that a misspelled key is not mistaken for a missing one.
   *
   * @param json the object
   * @param known the keys it may have
   */
  public static void requireKnown(JsonObject json, Set<String> known) {
    for (String key : json.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "it has the unknown key \""
                + key
                + "\"; known are "
                + known.stream().sorted().toList());
      }
    }
  }

  /** {@return the value of a key that must be there} */
  public static JsonElement required(JsonObject json, String key) {
    return optional(json, key)
        .orElseThrow(() -> new IllegalArgumentException("it has no \"" + key + "\""));
  }

  /** {@return the value of a key that may be there} */
  public static Optional<JsonElement> optional(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key));
  }

  /** {@return how a crop is cut: its size and its rule, {@code arcface} or a rule's text} */
  public static CropSpec crop(JsonObject json) {
    int width = required(json, "width").getAsInt();
    int height = required(json, "height").getAsInt();
    String rule = required(json, "rule").getAsString();
    if (!rule.equals(ARCFACE)) {
      return new CropSpec(width, height, CropSpec.Rule.parse(rule));
    }
    if (width == 96 && height == 112) {
      return CropSpec.arcFace96x112();
    }
    if (width != height) {
      throw new IllegalArgumentException(
          "the rule arcface needs a square or 96x112, not " + width + "x" + height);
    }
    return CropSpec.arcFace(width);
  }

  /** {@return the thresholds that somebody has measured} */
  public static ModelCard.Thresholds thresholds(JsonObject json) {
    return new ModelCard.Thresholds(
        required(json, "verification").getAsFloat(),
        required(json, "identification").getAsFloat(),
        required(json, "impostorPairs").getAsLong(),
        required(json, "data").getAsString());
  }

  /** {@return the order of a network's channels} */
  public static ModelCard.ColorOrder colorOrder(JsonElement json) {
    return ModelCard.ColorOrder.valueOf(json.getAsString());
  }

  /** {@return a list of numbers} */
  public static List<Float> floats(JsonElement json) {
    List<Float> floats = new ArrayList<>();
    json.getAsJsonArray().forEach(v -> floats.add(v.getAsFloat()));
    return floats;
  }

  /** {@return a list of texts} */
  public static List<String> texts(JsonElement json) {
    List<String> texts = new ArrayList<>();
    json.getAsJsonArray().forEach(v -> texts.add(v.getAsString()));
    return texts;
  }
}
