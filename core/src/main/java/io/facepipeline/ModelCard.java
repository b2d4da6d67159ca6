package io.facepipeline;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an embedding model says about itself: where it comes from, how its crops are cut and scaled,
 * and what its similarities mean. The card travels inside the model file, so a model cannot be fed
 * wrongly.
 *
 * @param id the catalogue id or a caller's name, such as {@code mobilefacenet-foamliu}
 * @param architecture the architecture's name
 * @param embeddingSize the number of dimensions of an embedding
 * @param crop how the crops are cut
 * @param colorOrder the order of the channels the network was trained on
 * @param mean what is subtracted from a byte value 0..255, per channel in the network's order
 * @param deviation what the difference is divided by, per channel in the network's order
 * @param licence the licence of the weights
 * @param origin where the weights were published
 * @param sourceSha256 SHA-256 of the file the weights came from, in hexadecimal
 * @param thresholds the measured thresholds; null if nobody has measured the model
 */
public record ModelCard(
    String id,
    String architecture,
    int embeddingSize,
    CropSpec crop,
    ColorOrder colorOrder,
    List<Float> mean,
    List<Float> deviation,
    String licence,
    String origin,
    String sourceSha256,
    @Nullable Thresholds thresholds) {
  private static final int FINGERPRINT_DIGITS = 12;

  /**
   * The order of the channels a network was trained on. Crops are always RGB; the model turns them
   * itself.
   */
  public enum ColorOrder {
    /** Red, green, blue. */
    RGB(3),
    /** Blue, green, red. */
    BGR(3),
    /** One channel: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601). */
    GREY(1);

    private final int channels;

    ColorOrder(int channels) {
      this.channels = channels;
    }

    /** {@return the number of channels} */
    public int channels() {
      return channels;
    }
  }

  /**
   * Cosine thresholds and the impostor pairs they were measured on.
   *
   * @param verification the least cosine of the same person at a false-accept rate of 1e-3: one
   *     face against another
   * @param identification the least cosine at a false-accept rate of 1e-5: a probe meets many
   *     people
   * @param impostorPairs how many pairs of different people it was measured on
   * @param data the photos it was measured on
   */
  public record Thresholds(
      float verification, float identification, long impostorPairs, String data) {
    /** The false-accept rate of {@link #verification}. */
    public static final double VERIFICATION_FAR = 1e-3;

    /** The false-accept rate of {@link #identification}. */
    public static final double IDENTIFICATION_FAR = 1e-5;

    /**
     * Creates thresholds.
     *
     * @throws IllegalArgumentException if a threshold is not a cosine
     */
    public Thresholds {
      requireCosine("verification", verification);
      requireCosine("identification", identification);
    }
  }

  /**
   * Creates a card.
   *
   * @throws IllegalArgumentException if the id is blank, the embedding size is not positive, the
   *     mean or the deviation has not one number per channel, or a deviation is zero
   */
  public ModelCard {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a model card needs an id");
    }
    if (embeddingSize < 1) {
      throw new IllegalArgumentException(
          "the embedding size must be positive, got " + embeddingSize);
    }
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    int channels = colorOrder.channels();
    if (mean.size() != channels || deviation.size() != channels || deviation.contains(0f)) {
      throw new IllegalArgumentException(
          "mean and deviation need "
              + channels
              + " numbers for "
              + colorOrder
              + ", the deviation without zeros, got "
              + mean
              + " and "
              + deviation);
    }
  }

  /**
   * {@return a builder for the card of a model that comes without one}
   *
   * @param id a name for the model
   */
  public static ModelCardBuilder builder(String id) {
    return new ModelCardBuilder(id);
  }

  /** {@return the thresholds, if the model was measured} */
  public Optional<Thresholds> measured() {
    return Optional.ofNullable(thresholds);
  }

  /**
   * {@return what embeddings, galleries and classifiers record to tell models apart: the id and the
   * first digits of the source's SHA-256, as in {@code mobilefacenet-foamliu@0123456789ab}}
   */
  public String fingerprint() {
    return id
        + "@"
        + sourceSha256.substring(0, Math.min(FINGERPRINT_DIGITS, sourceSha256.length()));
  }

  /**
   * {@return the least cosine at which two faces are the same person}
   *
   * @throws FacePipelineException if nobody has measured the model
   */
  public float verificationThreshold() {
    return measured().orElseThrow(this::unmeasured).verification();
  }

  /**
   * {@return the least cosine at which a probe is an enrolled person}
   *
   * @throws FacePipelineException if nobody has measured the model
   */
  public float identificationThreshold() {
    return measured().orElseThrow(this::unmeasured).identification();
  }

  private FacePipelineException unmeasured() {
    return new FacePipelineException(
        "nobody has measured the thresholds of " + id + "; give a threshold yourself");
  }

  private static void requireCosine(String name, float value) {
    if (!(value >= -1 && value <= 1)) {
      throw new IllegalArgumentException(
          "the " + name + " threshold must be a cosine within -1 and 1, got " + value);
    }
  }
}
