package io.facepipeline.onnx.internal;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.onnx.MalformedModelException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A model's card as the metadata of its ONNX file ({@code metadata_props}). */
public final class CardMetadata {
  /** The prefix of every key of a card. */
  public static final String PREFIX = "facepipeline.";

  /** The key of the model's id. */
  public static final String ID = PREFIX + "id";

  static final String ARCHITECTURE = PREFIX + "architecture";
  private static final String EMBEDDING_SIZE = PREFIX + "embedding.size";
  static final String CROP_SIZE = PREFIX + "crop.size";
  static final String CROP_RULE = PREFIX + "crop.rule";
  static final String COLOR_ORDER = PREFIX + "color.order";
  static final String MEAN = PREFIX + "mean";
  static final String DEVIATION = PREFIX + "deviation";
  static final String WHITENED = PREFIX + "whitened";
  static final String LICENCE = PREFIX + "licence";
  static final String COMMERCIAL_USE = PREFIX + "commercial.use";
  static final String TRAINED_ON = PREFIX + "trained.on";
  static final String ORIGIN = PREFIX + "origin";
  static final String SOURCE_SHA256 = PREFIX + "source.sha256";
  private static final String VERIFICATION = PREFIX + "threshold.verification";
  private static final String IDENTIFICATION = PREFIX + "threshold.identification";
  private static final String IMPOSTOR_PAIRS = PREFIX + "threshold.impostor.pairs";
  private static final String THRESHOLD_DATA = PREFIX + "threshold.data";

  private CardMetadata() {}

  /**
   * {@return whether a model's metadata hold the card of an embedding model}
   *
   * @param metadata the metadata
   */
  public static boolean isPresent(Map<String, String> metadata) {
    return metadata.containsKey(ID) && metadata.containsKey(EMBEDDING_SIZE);
  }

  /**
   * {@return a card as metadata}
   *
   * @param card the card
   */
  public static Map<String, String> write(ModelCard card) {
    Map<String, String> m = new LinkedHashMap<>();
    m.put(ID, card.id());
    m.put(ARCHITECTURE, card.architecture());
    m.put(EMBEDDING_SIZE, Integer.toString(card.embeddingSize()));
    m.put(CROP_SIZE, card.crop().width() + "x" + card.crop().height());
    m.put(CROP_RULE, card.crop().rule().text());
    m.put(COLOR_ORDER, card.colorOrder().name());
    m.put(MEAN, join(card.mean()));
    m.put(DEVIATION, join(card.deviation()));
    if (card.whitened()) {
      m.put(WHITENED, "true");
    }
    m.put(LICENCE, card.license());
    m.put(COMMERCIAL_USE, card.commercialUse().toString());
    m.put(TRAINED_ON, card.trainedOn());
    m.put(ORIGIN, card.origin());
    m.put(SOURCE_SHA256, card.sourceSha256());
    card.measured()
        .ifPresent(
            t -> {
              m.put(VERIFICATION, Float.toString(t.verification()));
              m.put(IDENTIFICATION, Float.toString(t.identification()));
              m.put(IMPOSTOR_PAIRS, Long.toString(t.impostorPairs()));
              m.put(THRESHOLD_DATA, t.data());
            });
    return m;
  }

  /**
   * {@return the card in metadata}
   *
   * @param metadata the metadata
   * @throws MalformedModelException if a key is missing or its value is malformed
   */
  public static ModelCard read(Map<String, String> metadata) {
    String[] size = value(metadata, CROP_SIZE, s -> s.split("x"));
    CropSpec.Rule rule = value(metadata, CROP_RULE, CropSpec.Rule::parse);
    try {
      ModelCardBuilder card = ModelCard.builder(value(metadata, ID, s -> s));
      card.scaling(
          value(metadata, MEAN, CardMetadata::split),
          value(metadata, DEVIATION, CardMetadata::split));
      if (Boolean.parseBoolean(metadata.get(WHITENED))) {
        card.whitened();
      }
      // Not in files that were written before cards told these.
      if (metadata.containsKey(COMMERCIAL_USE)) {
        card.commercialUse(value(metadata, COMMERCIAL_USE, ModelCard.CommercialUse::of));
      }
      if (metadata.containsKey(TRAINED_ON)) {
        card.trainedOn(value(metadata, TRAINED_ON, s -> s));
      }
      return card.architecture(value(metadata, ARCHITECTURE, s -> s))
          .embeddingSize(value(metadata, EMBEDDING_SIZE, Integer::parseInt))
          .crop(new CropSpec(Integer.parseInt(size[0]), Integer.parseInt(size[1]), rule))
          .colorOrder(value(metadata, COLOR_ORDER, ModelCard.ColorOrder::valueOf))
          .license(value(metadata, LICENCE, s -> s))
          .origin(value(metadata, ORIGIN, s -> s))
          .sourceSha256(value(metadata, SOURCE_SHA256, s -> s))
          .thresholds(thresholds(metadata))
          .build();
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new MalformedModelException(
          "the card in the model's metadata cannot be read: " + e.getMessage(), e);
    }
  }

  private static ModelCard.@Nullable Thresholds thresholds(Map<String, String> metadata) {
    return metadata.containsKey(VERIFICATION)
        ? new ModelCard.Thresholds(
            value(metadata, VERIFICATION, Float::parseFloat),
            value(metadata, IDENTIFICATION, Float::parseFloat),
            value(metadata, IMPOSTOR_PAIRS, Long::parseLong),
            value(metadata, THRESHOLD_DATA, s -> s))
        : null;
  }

  /** The value of a key, parsed. */
  public static <T> T value(Map<String, String> metadata, String key, Function<String, T> parse) {
    String text = metadata.get(key);
    if (text == null) {
      throw new MalformedModelException(
          "the card in the model's metadata has no " + key + "; convert the model again");
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedModelException(
          "the card in the model's metadata has "
              + key
              + " = \""
              + text
              + "\", which is malformed; convert the model again",
          e);
    }
  }

  static String join(List<Float> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  static List<Float> split(String text) {
    return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
  }
}
