package io.facepipeline;

import java.util.List;

/**
 * The card of a {@link FaceAttribute}.
 *
 * @param attribute the attribute, such as {@code expression}
 * @param id the model's id
 * @param crops how faces are cut, one crop per network
 * @param labels the labels it distinguishes
 * @param license the weights' license
 * @param origin where the weights were published
 */
public record AttributeCard(
    String attribute,
    String id,
    List<CropSpec> crops,
    List<String> labels,
    String license,
    String origin) {
  /**
   * Creates a card.
   *
   * @throws IllegalArgumentException if there is no crop, or a label twice, or fewer than two
   */
  public AttributeCard {
    crops = List.copyOf(crops);
    labels = List.copyOf(labels);
    if (crops.isEmpty()) {
      throw new IllegalArgumentException(id + " needs at least one crop");
    }
    if (labels.size() < 2 || labels.stream().distinct().count() != labels.size()) {
      throw new IllegalArgumentException(id + " needs two or more different labels, got " + labels);
    }
  }
}
