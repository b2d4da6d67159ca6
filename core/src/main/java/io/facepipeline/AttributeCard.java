package io.facepipeline;

import java.util.List;

/**
 * What a {@link FaceAttribute} says about itself.
 *
 * @param attribute what it tells, such as {@code expression}
 * @param id the model's id
 * @param crops how faces are cut for its networks, one a network
 * @param labels what it tells apart
 * @param licence the weights' licence
 * @param origin where the weights were published
 */
public record AttributeCard(
    String attribute,
    String id,
    List<CropSpec> crops,
    List<String> labels,
    String licence,
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
      throw new IllegalArgumentException(id + " needs a crop to look at");
    }
    if (labels.size() < 2 || labels.stream().distinct().count() != labels.size()) {
      throw new IllegalArgumentException(id + " needs two or more different labels, got " + labels);
    }
  }
}
