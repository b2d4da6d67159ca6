package io.facepipeline.onnx.internal;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceAttribute;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model of classes says of itself in the metadata of its ONNX file. Such a model takes raw
 * squares of RGB, planes of 0..255, and gives a probability per label; colors and scaling are nodes
 * inside it, and are named here for people.
 *
 * @param id its id
 * @param architecture its architecture's name
 * @param attribute what it tells of a face, such as {@code expression}; empty if it looks at whole
 *     pictures
 * @param side of a square in pixels
 * @param rule how a square is cut around a face; empty for the middle of a whole picture
 * @param labels a name for each class, in the network's order
 * @param colorOrder the order of the channels inside the model
 * @param mean what is subtracted inside the model
 * @param deviation what the difference is divided by inside the model
 * @param whitened whether each square is scaled by its own mean and deviation instead
 * @param license the weights' license
 * @param origin what the weights come from
 * @param sourceSha256 the SHA-256 of the checkpoint
 */
public record ClassesCard(
    String id,
    String architecture,
    Optional<String> attribute,
    int side,
    Optional<CropSpec.Rule> rule,
    List<String> labels,
    ColorOrder colorOrder,
    List<Float> mean,
    List<Float> deviation,
    boolean whitened,
    String license,
    String origin,
    String sourceSha256) {
  private static final String ATTRIBUTE = CardMetadata.PREFIX + "attribute";
  private static final String LABELS = CardMetadata.PREFIX + "labels";

  /** The crop rule of a model that looks at whole pictures. */
  private static final String PICTURE = "picture";

  /**
   * Creates a card.
   *
   * @throws IllegalArgumentException if there are fewer than two labels or one twice, or a model of
   *     faces has no crop rule, or one of pictures has one
   */
  public ClassesCard {
    labels = List.copyOf(labels);
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (labels.size() < 2 || labels.stream().distinct().count() != labels.size()) {
      throw new IllegalArgumentException(id + " needs two or more different labels, got " + labels);
    }
    if (attribute.isPresent() != rule.isPresent()) {
      throw new IllegalArgumentException(
          id + " must have both an attribute of faces and a rule to cut them, or neither");
    }
  }

  /**
   * {@return whether a model's metadata hold such a card}
   *
   * @param metadata the metadata
   */
  public static boolean isPresent(Map<String, String> metadata) {
    return metadata.containsKey(LABELS);
  }

  /** {@return the card of a model of faces} */
  public FaceAttribute.Card ofFaces() {
    if (attribute.isEmpty() || rule.isEmpty()) {
      throw new IllegalStateException(id + " looks at whole pictures, not at faces");
    }
    List<CropSpec> crops = List.of(new CropSpec(side, side, rule.get()));
    return new FaceAttribute.Card(attribute.get(), id, crops, labels, license, origin);
  }

  /** {@return what is fed to the network} */
  public CatalogEntry.Input input() {
    return new CatalogEntry.Input(
        side, side, rule.orElse(null), colorOrder, mean, deviation, whitened);
  }

  /** {@return the card as metadata} */
  public Map<String, String> metadata() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put(CardMetadata.ID, id);
    m.put(CardMetadata.ARCHITECTURE, architecture);
    attribute.ifPresent(a -> m.put(ATTRIBUTE, a));
    m.put(LABELS, new Gson().toJson(labels));
    m.put(CardMetadata.CROP_SIZE, side + "x" + side);
    m.put(CardMetadata.CROP_RULE, rule.map(CropSpec.Rule::text).orElse(PICTURE));
    m.put(CardMetadata.COLOR_ORDER, colorOrder.name());
    m.put(CardMetadata.MEAN, CardMetadata.join(mean));
    m.put(CardMetadata.DEVIATION, CardMetadata.join(deviation));
    if (whitened) {
      m.put(CardMetadata.WHITENED, "true");
    }
    m.put(CardMetadata.LICENCE, license);
    m.put(CardMetadata.ORIGIN, origin);
    m.put(CardMetadata.SOURCE_SHA256, sourceSha256);
    return m;
  }

  /**
   * {@return the card in metadata}
   *
   * @param metadata the metadata
   * @throws MalformedModelException if a key is missing or its value is malformed
   */
  public static ClassesCard read(Map<String, String> metadata) {
    int[] size =
        CardMetadata.value(
            metadata,
            CardMetadata.CROP_SIZE,
            s -> Arrays.stream(s.split("x", -1)).mapToInt(Integer::parseInt).toArray());
    try {
      if (size.length != 2 || size[0] != size[1]) {
        throw new IllegalArgumentException("the crop " + Arrays.toString(size) + " is no square");
      }
      return new ClassesCard(
          CardMetadata.value(metadata, CardMetadata.ID, s -> s),
          CardMetadata.value(metadata, CardMetadata.ARCHITECTURE, s -> s),
          Optional.ofNullable(metadata.get(ATTRIBUTE)),
          size[0],
          CardMetadata.value(
              metadata,
              CardMetadata.CROP_RULE,
              s -> s.equals(PICTURE) ? Optional.empty() : Optional.of(CropSpec.Rule.parse(s))),
          CardMetadata.value(metadata, LABELS, ClassesCard::labels),
          CardMetadata.value(metadata, CardMetadata.COLOR_ORDER, ColorOrder::valueOf),
          CardMetadata.value(metadata, CardMetadata.MEAN, CardMetadata::split),
          CardMetadata.value(metadata, CardMetadata.DEVIATION, CardMetadata::split),
          Boolean.parseBoolean(metadata.get(CardMetadata.WHITENED)),
          CardMetadata.value(metadata, CardMetadata.LICENCE, s -> s),
          CardMetadata.value(metadata, CardMetadata.ORIGIN, s -> s),
          CardMetadata.value(metadata, CardMetadata.SOURCE_SHA256, s -> s));
    } catch (IllegalArgumentException e) {
      throw new MalformedModelException(
          "the card in the model's metadata cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<String> labels(String json) {
    try {
      String[] labels = new Gson().fromJson(json, String[].class);
      if (labels == null || Arrays.asList(labels).contains(null)) {
        throw new IllegalArgumentException("the labels must be a list of texts");
      }
      return List.of(labels);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(
          "the labels must be a list of texts: " + e.getMessage(), e);
    }
  }
}
