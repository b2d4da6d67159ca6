package io.facepipeline.onnx.internal;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.json.CardFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model's card as JSON beside its ONNX file, for models that carry none:
 *
 * <pre>{@code
 * {
 *   "id": "their-model",
 *   "embeddingSize": 512,
 *   "crop": {"width": 112, "height": 112, "rule": "arcface"},
 *   "colorOrder": "BGR",
 *   "mean": [127.5], "deviation": [128],
 *   "thresholds": {"verification": 0.35, "identification": 0.5, "impostorPairs": 3000, "data": "LFW"}
 * }
 * }</pre>
 *
 * <p>Only the id, the embedding size and the crop are required; {@link ModelCardBuilder} has the
 * defaults of the rest. {@code "whitened": true} in the place of mean and deviation scales each
 * crop by its own numbers ({@link ModelCard#whitened}). {@code rule} is {@code arcface} or what
 * {@link CropSpec.Rule#parse} reads; {@code architecture}, {@code license}, {@code trainedOn} and
 * {@code origin} are strings, and so is {@code commercialUse}: {@code yes}, {@code no} or {@code
 * unstated}. Unknown keys are refused, so a misspelled key is not mistaken for a missing one.
 */
public final class CardFile {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
  private static final String ONNX = ".onnx";

  /** The key of {@code license} in cards that were written before it was spelled so. */
  private static final String OLDER_LICENSE = "licence";

  private static final String COMMERCIAL_USE = "commercialUse";
  private static final String TRAINED_ON = "trainedOn";
  private static final String WHITENED = "whitened";

  private static final Set<String> KEYS =
      Set.of(
          "id",
          "architecture",
          "embeddingSize",
          "crop",
          "colorOrder",
          "mean",
          "deviation",
          WHITENED,
          "license",
          OLDER_LICENSE,
          COMMERCIAL_USE,
          TRAINED_ON,
          "origin",
          "sourceSha256",
          "thresholds");

  private CardFile() {}

  /**
   * {@return the card beside an ONNX file, if there is one: {@code model.card.json}, else {@code
   * model.json} for {@code model.onnx}}
   *
   * @param onnx the ONNX file
   */
  public static Optional<Path> beside(Path onnx) {
    String name = String.valueOf(onnx.getFileName());
    String base = name.endsWith(ONNX) ? name.substring(0, name.length() - ONNX.length()) : name;
    for (String ending : List.of(".card.json", ".json")) {
      Path card = onnx.resolveSibling(base + ending);
      if (Files.isRegularFile(card)) {
        return Optional.of(card);
      }
    }
    return Optional.empty();
  }

  /**
   * {@return the card in a JSON file}
   *
   * @param file the file
   * @throws ModelNotFoundException if it cannot be read
   * @throws MalformedModelException if it is not a card; the message names the key
   */
  public static ModelCard read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new ModelNotFoundException(
          "the card " + file + " cannot be read (" + e + "); check its name and rights", e);
    }
  }

  /**
   * {@return the card in a JSON text}
   *
   * @param name its name in messages
   * @param json the text
   * @throws MalformedModelException if it is not a card; the message names the key
   */
  public static ModelCard parse(String name, String json) {
    try {
      return card(JsonParser.parseString(json).getAsJsonObject());
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException e) {
      throw new MalformedModelException(
          "the card " + name + " cannot be used: " + e.getMessage() + "; correct it", e);
    }
  }

  /**
   * {@return a card as JSON}
   *
   * @param card the card
   */
  public static String write(ModelCard card) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", card.id());
    json.put("architecture", card.architecture());
    json.put("embeddingSize", card.embeddingSize());
    Map<String, Object> crop = new LinkedHashMap<>();
    crop.put("width", card.crop().width());
    crop.put("height", card.crop().height());
    crop.put("rule", card.crop().rule().text());
    json.put("crop", crop);
    json.put("colorOrder", card.colorOrder().name());
    if (card.whitened()) {
      json.put(WHITENED, true);
    } else {
      json.put("mean", card.mean());
      json.put("deviation", card.deviation());
    }
    json.put("license", card.license());
    json.put(COMMERCIAL_USE, card.commercialUse().toString());
    json.put(TRAINED_ON, card.trainedOn());
    json.put("origin", card.origin());
    json.put("sourceSha256", card.sourceSha256());
    card.measured()
        .ifPresent(
            t -> {
              Map<String, Object> thresholds = new LinkedHashMap<>();
              thresholds.put("verification", t.verification());
              thresholds.put("identification", t.identification());
              thresholds.put("impostorPairs", t.impostorPairs());
              thresholds.put("data", t.data());
              json.put("thresholds", thresholds);
            });
    return JSON.toJson(json) + "\n";
  }

  private static ModelCard card(JsonObject json) {
    CardFields.requireKnown(json, KEYS);
    ModelCardBuilder card =
        ModelCard.builder(CardFields.required(json, "id").getAsString())
            .embeddingSize(CardFields.required(json, "embeddingSize").getAsInt())
            .crop(CardFields.crop(CardFields.required(json, "crop").getAsJsonObject()));
    CardFields.optional(json, "architecture").ifPresent(v -> card.architecture(v.getAsString()));
    CardFields.optional(json, json.has("license") ? "license" : OLDER_LICENSE)
        .ifPresent(v -> card.license(v.getAsString()));
    CardFields.optional(json, COMMERCIAL_USE)
        .ifPresent(v -> card.commercialUse(ModelCard.CommercialUse.of(v.getAsString())));
    CardFields.optional(json, TRAINED_ON).ifPresent(v -> card.trainedOn(v.getAsString()));
    CardFields.optional(json, "origin").ifPresent(v -> card.origin(v.getAsString()));
    CardFields.optional(json, "sourceSha256").ifPresent(v -> card.sourceSha256(v.getAsString()));
    CardFields.optional(json, "colorOrder")
        .ifPresent(v -> card.colorOrder(CardFields.colorOrder(v)));
    if (json.has("mean") || json.has("deviation")) {
      card.scaling(
          CardFields.floats(CardFields.required(json, "mean")),
          CardFields.floats(CardFields.required(json, "deviation")));
    }
    if (CardFields.optional(json, WHITENED).filter(JsonElement::getAsBoolean).isPresent()) {
      if (json.has("mean")) {
        throw new IllegalArgumentException(
            "it has a mean and a deviation, but also says that crops are whitened; keep one");
      }
      card.whitened();
    }
    CardFields.optional(json, "thresholds")
        .ifPresent(v -> card.thresholds(CardFields.thresholds(v.getAsJsonObject())));
    return card.build();
  }
}
