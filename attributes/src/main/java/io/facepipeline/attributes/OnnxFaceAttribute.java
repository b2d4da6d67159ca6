package io.facepipeline.attributes;

import io.facepipeline.AlignedFace;
import io.facepipeline.AttributeCard;
import io.facepipeline.AttributeScores;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.LabelScore;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody's ONNX networks tell of faces, such as expression, age group or liveness; of
 * several networks the probabilities are averaged. Thread-safe; holds native memory until it is
 * closed.
 *
 * <pre>{@code
 * AttributeCard card =
 *     new AttributeCard(
 *         "age", "their-age-net",
 *         List.of(new CropSpec(112, 112, new CropRule.ScaledBox(1.4f, true))),
 *         List.of("child", "adult", "old"), "MIT", "github.com/them/age-net");
 * FaceAttribute age =
 *     OnnxFaceAttribute.builder(card)
 *         .colorOrder(ColorOrder.BGR)
 *         .scaling(List.of(127.5f), List.of(127.5f))
 *         .load(Path.of("age.onnx"));
 * }</pre>
 */
public final class OnnxFaceAttribute implements FaceAttribute {
  private final AttributeCard card;
  private final List<Classes> networks;

  /** Which label each class of a network means; several may mean the same. */
  private final List<String> meanings;

  /**
   * Creates it.
   *
   * @param networks one for each crop of the card; closed with this
   */
  OnnxFaceAttribute(AttributeCard card, List<Classes> networks, List<String> meanings) {
    this.card = card;
    this.networks = List.copyOf(networks);
    this.meanings = List.copyOf(meanings);
  }

  /**
   * {@return a builder}
   *
   * @param card what the networks tell and how faces are cut for them, one crop a network
   * @throws IllegalArgumentException if a crop is not square
   */
  public static OnnxFaceAttributeBuilder builder(AttributeCard card) {
    return new OnnxFaceAttributeBuilder(card);
  }

  @Override
  public AttributeCard card() {
    return card;
  }

  @Override
  public List<AttributeScores> classify(Image image, List<Face> faces, FaceAligner aligner) {
    return faces.stream().map(face -> classify(image, face, aligner)).toList();
  }

  private AttributeScores classify(Image image, Face face, FaceAligner aligner) {
    float[] sums = new float[card.labels().size()];
    for (int n = 0; n < networks.size(); n++) {
      AlignedFace crop = aligner.align(image, face, card.crops().get(n));
      float[] probabilities = networks.get(n).probabilities(crop.rgb());
      for (int c = 0; c < probabilities.length; c++) {
        sums[card.labels().indexOf(meanings.get(c))] += probabilities[c];
      }
    }
    List<LabelScore> scores = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      scores.add(new LabelScore(card.labels().get(i), sums[i] / networks.size()));
    }
    return new AttributeScores(card.attribute(), card.id(), scores);
  }

  @Override
  public void close() {
    networks.forEach(Classes::close);
  }

  @Override
  public String toString() {
    return card.id();
  }
}
