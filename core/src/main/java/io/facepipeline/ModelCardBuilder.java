package io.facepipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the card of a model without one. The crop and the embedding size are required; the rest
 * defaults to RGB, (x - 127.5) / 127.5, and unknown origin. Not thread-safe.
 */
public final class ModelCardBuilder {
  private static final float MIDDLE = 127.5f;

  private final String id;
  private String architecture = "unknown";
  private int embeddingSize;
  private @Nullable CropSpec crop;
  private ModelCard.ColorOrder colorOrder = ModelCard.ColorOrder.RGB;
  private List<Float> mean = List.of(MIDDLE);
  private List<Float> deviation = List.of(MIDDLE);
  private boolean whitened;
  private String license = "unknown";
  private ModelCard.CommercialUse commercialUse = ModelCard.CommercialUse.UNSTATED;
  private String trainedOn = "unknown";
  private String origin = "unknown";
  private String sourceSha256 = "";
  private ModelCard.@Nullable Thresholds thresholds;

  ModelCardBuilder(String id) {
    this.id = id;
  }

  /**
   * Sets the architecture's name.
   *
   * @param architecture the name
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder architecture(String architecture) {
    this.architecture = architecture;
    return this;
  }

  /**
   * Sets the number of dimensions of an embedding.
   *
   * @param embeddingSize the number
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder embeddingSize(int embeddingSize) {
    this.embeddingSize = embeddingSize;
    return this;
  }

  /**
   * Sets how the crops are cut.
   *
   * @param crop the specification
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder crop(CropSpec crop) {
    this.crop = crop;
    return this;
  }

  /**
   * Sets the order of the channels.
   *
   * @param colorOrder the order the network was trained on
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder colorOrder(ModelCard.ColorOrder colorOrder) {
    this.colorOrder = colorOrder;
    return this;
  }

  /**
   * Sets the scaling of all channels: (x - mean) / deviation of a byte value x.
   *
   * @param mean the number to subtract
   * @param deviation the divisor
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder scaling(float mean, float deviation) {
    return scaling(List.of(mean), List.of(deviation));
  }

  /**
   * Sets the scaling channel by channel: (x - mean) / deviation of a byte value x.
   *
   * @param mean the numbers to subtract, one for all or one per channel in the network's order
   * @param deviation the divisors, likewise
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder scaling(List<Float> mean, List<Float> deviation) {
    this.mean = List.copyOf(mean);
    this.deviation = List.copyOf(deviation);
    whitened = false;
    return this;
  }

  /**
   * Scales each crop by its own mean and deviation, as facenet's {@code prewhiten} does, in the
   * place of a scaling that is the same for all.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder whitened() {
    scaling(0, 1);
    whitened = true;
    return this;
  }

  /**
   * Sets the license of the weights.
   *
   * @param license an SPDX id or a sentence
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder license(String license) {
    this.license = license;
    return this;
  }

  /**
   * Sets whether the authors allow commercial use of the weights; the default is that they do not
   * say.
   *
   * @param commercialUse what they state; a license of the code does not say it
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder commercialUse(ModelCard.CommercialUse commercialUse) {
    this.commercialUse = commercialUse;
    return this;
  }

  /**
   * Sets the data that the weights were trained on.
   *
   * @param trainedOn the name of a data set, or a sentence
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder trainedOn(String trainedOn) {
    this.trainedOn = trainedOn;
    return this;
  }

  /**
   * Sets the place where the weights were published.
   *
   * @param origin a repository or a paper
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder origin(String origin) {
    this.origin = origin;
    return this;
  }

  /**
   * Sets the hash of the weights' source. Loading a model from a file sets it to that file's hash.
   *
   * @param sourceSha256 SHA-256 in hexadecimal
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder sourceSha256(String sourceSha256) {
    this.sourceSha256 = sourceSha256;
    return this;
  }

  /**
   * Sets the measured thresholds.
   *
   * @param thresholds the thresholds, or null if there are none
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelCardBuilder thresholds(ModelCard.@Nullable Thresholds thresholds) {
    this.thresholds = thresholds;
    return this;
  }

  /**
   * {@return the card}
   *
   * @throws IllegalArgumentException if the crop or the embedding size is missing, or {@link
   *     ModelCard} refuses a value
   */
  public ModelCard build() {
    if (crop == null) {
      throw new IllegalArgumentException("the card of " + id + " needs a crop");
    }
    return new ModelCard(
        id,
        architecture,
        embeddingSize,
        crop,
        colorOrder,
        perChannel(mean),
        perChannel(deviation),
        whitened,
        license,
        commercialUse,
        trainedOn,
        origin,
        sourceSha256,
        thresholds,
        false);
  }

  private List<Float> perChannel(List<Float> values) {
    return values.size() == 1 ? Collections.nCopies(colorOrder.channels(), values.get(0)) : values;
  }
}
