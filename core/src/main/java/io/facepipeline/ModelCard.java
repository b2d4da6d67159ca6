package io.facepipeline;

import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.ImpostorTail;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The card of an embedding model: its origin, how its crops are cut and scaled, and its thresholds.
 * The card is stored inside the model file, so a model cannot get wrong input.
 *
 * @param id the catalog id or a caller's name, such as {@code mobilefacenet-foamliu}
 * @param architecture the architecture's name
 * @param embeddingSize the number of dimensions of an embedding
 * @param crop how the crops are cut
 * @param colorOrder the order of the channels the network was trained on
 * @param mean the number subtracted from a byte value 0..255, per channel in the network's order
 * @param deviation the divisor of the difference, per channel in the network's order
 * @param whitened whether each crop is scaled by its own numbers instead, as facenet's {@code
 *     prewhiten} does: (x - m) / max(d, 1 / sqrt(n)), where m and d are the mean and the deviation
 *     of the crop's n numbers, all channels together; the mean is then 0 and the deviation 1
 * @param license the license of the weights
 * @param commercialUse whether the authors allow commercial use of the weights
 * @param trainedOn the data that the weights were trained on; {@code unknown} if nobody says
 * @param origin where the weights were published
 * @param sourceSha256 SHA-256 of the file the weights came from, in hexadecimal
 * @param thresholds the measured thresholds; null if there are none
 * @param mirrored whether an embedding combines the crop and its mirror image; it depends on how
 *     the embedder runs the model, so files do not store it
 */
public record ModelCard(
    String id,
    String architecture,
    int embeddingSize,
    CropSpec crop,
    ColorOrder colorOrder,
    List<Float> mean,
    List<Float> deviation,
    boolean whitened,
    String license,
    CommercialUse commercialUse,
    String trainedOn,
    String origin,
    String sourceSha256,
    @Nullable Thresholds thresholds,
    boolean mirrored) {
  /**
   * The order of the channels a network was trained on. Crops are always RGB; the model reorders
   * them itself.
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

  /** Whether the authors of weights allow commercial use of them. */
  public enum CommercialUse {
    /** They say so, or publish the weights under a free software license. */
    YES("yes"),
    /** They forbid it. */
    NO("no"),
    /** They say nothing of the weights, whatever the license of the code. */
    UNSTATED("unstated");

    private final String text;

    CommercialUse(String text) {
      this.text = text;
    }

    /**
     * {@return what a name means}
     *
     * @param text {@code yes}, {@code no} or {@code unstated}
     * @throws IllegalArgumentException if it is another
     */
    public static CommercialUse of(String text) {
      return Stream.of(values())
          .filter(use -> use.text.equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the commercialUse \""
                          + text
                          + "\" is none of "
                          + List.of(CommercialUse.values())));
    }

    /** {@return its name in cards and catalogs, such as {@code unstated}} */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Cosine thresholds and the impostor pairs they were measured on.
   *
   * @param verification the lowest cosine of the same person at a false-accept rate of 1e-3, for
   *     comparing two faces
   * @param identification the lowest cosine at a false-accept rate of 1e-5, for comparing a probe
   *     with many people
   * @param impostorPairs the number of pairs of different people behind the thresholds
   * @param data the photos behind the thresholds
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
      Cosines.require("verification threshold", verification);
      Cosines.require("identification threshold", identification);
    }

    /**
     * {@return the lowest cosine at which at most a share of strangers get the name of somebody in
     * a gallery}
     *
     * <p>A stranger is compared with every face, so a larger gallery needs a higher threshold. With
     * {@link #identification} about 1 % of strangers get a name among 1,000 faces. The threshold of
     * another gallery is an estimate: comparisons count as independent, and the similarities of
     * different people as normally distributed through the two measured thresholds.
     *
     * @param faces the number of faces in the gallery, at least 1
     * @param falseAcceptRate the share of strangers who may get a name, above 0 and below 1
     * @throws IllegalArgumentException if a number is out of range
     * @throws FacePipelineException if the identification threshold is not above the verification
     *     threshold, so that they tell nothing of other rates
     */
    public float identification(long faces, double falseAcceptRate) {
      if (faces < 1 || !(falseAcceptRate > 0 && falseAcceptRate < 1)) {
        throw new IllegalArgumentException(
            "a gallery has at least 1 face, and the share of strangers who may get a name is above"
                + " 0 and below 1, got "
                + faces
                + " and "
                + falseAcceptRate);
      }
      if (identification <= verification) {
        throw new FacePipelineException(
            "the thresholds are "
                + verification
                + " to verify and "
                + identification
                + " to identify, which tells nothing of larger galleries; measure them with"
                + " 'evaluate gallery-size'");
      }
      ImpostorTail tail =
          ImpostorTail.through(verification, VERIFICATION_FAR, identification, IDENTIFICATION_FAR);
      double cosine = tail.thresholdAt(ImpostorTail.ofOneFace(falseAcceptRate, faces));
      return (float) Math.max(-1, Math.min(1, cosine));
    }
  }

  /**
   * Creates a card.
   *
   * @throws IllegalArgumentException if the id is blank, the embedding size is not positive, the
   *     mean or the deviation does not have one number per channel, one is not finite or a
   *     deviation is zero, or whitened crops have another mean than 0 or another deviation than 1
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
    if (mean.size() != channels
        || deviation.size() != channels
        || !Stream.concat(mean.stream(), deviation.stream()).allMatch(Float::isFinite)
        || deviation.stream().anyMatch(d -> d == 0)) {
      throw new IllegalArgumentException(
          "mean and deviation need "
              + channels
              + " numbers for "
              + colorOrder
              + ", finite and without zero deviations, got "
              + mean
              + " and "
              + deviation);
    }
    if (whitened
        && (mean.stream().anyMatch(m -> m != 0) || deviation.stream().anyMatch(d -> d != 1))) {
      throw new IllegalArgumentException(
          "whitened crops are scaled by their own numbers, not by mean and deviation, got "
              + mean
              + " and "
              + deviation);
    }
  }

  /**
   * {@return a builder for the card of a model without one}
   *
   * @param id a name for the model
   */
  public static ModelCardBuilder builder(String id) {
    return new ModelCardBuilder(id);
  }

  /** {@return the measured thresholds, if there are any} */
  public Optional<Thresholds> measured() {
    return Optional.ofNullable(thresholds);
  }

  /**
   * {@return the fingerprint that embeddings, galleries and classifiers record, so that embeddings
   * of different models are not compared: the id, the first digits of the source's SHA-256, and
   * after a colon the first digits of a SHA-256 of how a crop is prepared (size, rule, color order,
   * scaling and embedding size); then {@code +mirrored} if crops are embedded mirrored too. For
   * example {@code mobilefacenet-foamliu@0123456789ab:89abcdef}}
   */
  public String fingerprint() {
    return Fingerprint.of(this);
  }

  /**
   * {@return whether embeddings under two fingerprints can be compared} They can if the
   * fingerprints are equal. A gallery, classifier or export from before fingerprints named the
   * preparation has only the part before the colon; it matches every embedder of that file, because
   * the preparation of its crops is unknown.
   *
   * @param one a fingerprint
   * @param other another
   */
  public static boolean sameEmbedding(String one, String other) {
    return Fingerprint.sameEmbedding(one, other);
  }

  /**
   * {@return whether a fingerprint names the preparation of crops; those of older files do not}
   *
   * @param fingerprint the fingerprint
   */
  public static boolean namesPreparation(String fingerprint) {
    return Fingerprint.namesPreparation(fingerprint);
  }

  /**
   * {@return this card for embeddings with or without the mirrored crop}
   *
   * @param newMirrored whether each crop is also embedded mirrored
   */
  public ModelCard withMirrored(boolean newMirrored) {
    return with(sourceSha256, newMirrored);
  }

  /**
   * {@return this card for weights from another file}
   *
   * @param newSourceSha256 SHA-256 of the file in hexadecimal
   */
  public ModelCard withSourceSha256(String newSourceSha256) {
    return with(newSourceSha256, mirrored);
  }

  private ModelCard with(String sha256, boolean withMirrorImage) {
    return new ModelCard(
        id,
        architecture,
        embeddingSize,
        crop,
        colorOrder,
        mean,
        deviation,
        whitened,
        license,
        commercialUse,
        trainedOn,
        origin,
        sha256,
        thresholds,
        withMirrorImage);
  }

  /**
   * {@return the lowest cosine of two faces of the same person}
   *
   * @throws FacePipelineException if there are no measured thresholds
   */
  public float verificationThreshold() {
    return measured().orElseThrow(this::unmeasured).verification();
  }

  /**
   * {@return the lowest cosine of a probe and the enrolled person}
   *
   * @throws FacePipelineException if there are no measured thresholds
   */
  public float identificationThreshold() {
    return measured().orElseThrow(this::unmeasured).identification();
  }

  private FacePipelineException unmeasured() {
    return new FacePipelineException(
        "nobody has measured the thresholds of " + id + "; give a threshold yourself");
  }
}
