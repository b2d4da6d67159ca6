package io.facepipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FacePipeline}. Each setter refuses a second call and what contradicts an earlier
 * one at once. Not thread-safe.
 */
public final class FacePipelineBuilder {
  private @Nullable FaceDetector detector;
  private @Nullable FaceAligner aligner;
  private @Nullable FaceEmbedder embedder;
  private @Nullable FaceClassifier classifier;
  private final List<FaceAttribute> attributes = new ArrayList<>();
  private @Nullable FaceSelection selection;
  private @Nullable Float verificationThreshold;
  private @Nullable Integer parallelism;

  FacePipelineBuilder() {}

  /**
   * Sets what finds faces. The pipeline closes it.
   *
   * @param detector the detector
   * @return this
   * @throws IllegalArgumentException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder detector(FaceDetector detector) {
    this.detector = once("detector", this.detector, detector);
    return this;
  }

  /**
   * Sets what cuts faces; the default is {@link FaceAligner#standard()}.
   *
   * @param aligner the aligner
   * @return this
   * @throws IllegalArgumentException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder aligner(FaceAligner aligner) {
    this.aligner = once("aligner", this.aligner, aligner);
    return this;
  }

  /**
   * Sets what embeds faces. The pipeline closes it.
   *
   * @param embedder the embedder
   * @return this
   * @throws IllegalArgumentException if it was set already, or the classifier works with another
   *     model
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder embedder(FaceEmbedder embedder) {
    FaceEmbedder set = once("embedder", this.embedder, embedder);
    requireSameModel(set, classifier);
    this.embedder = set;
    return this;
  }

  /**
   * Sets what names faces: a trained classifier, or a {@link FaceGallery} that people are enrolled
   * in. The pipeline closes it. Without one, everything but {@code identify} and {@code enroll}
   * works.
   *
   * @param classifier the classifier
   * @return this
   * @throws IllegalArgumentException if it was set already, or works with another model than the
   *     embedder
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder classifier(FaceClassifier classifier) {
    FaceClassifier set = once("classifier", this.classifier, classifier);
    requireSameModel(embedder, set);
    this.classifier = set;
    return this;
  }

  /**
   * Adds a model that {@link FacePipeline#analyze} asks about each face. The pipeline closes it.
   *
   * @param attribute the model
   * @return this
   * @throws IllegalArgumentException if there is a model with the same id
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder attribute(FaceAttribute attribute) {
    String id = attribute.card().id();
    if (attributes.stream().anyMatch(other -> other.card().id().equals(id))) {
      throw new IllegalArgumentException("the attribute model " + id + " was already added");
    }
    attributes.add(attribute);
    return this;
  }

  /**
   * Sets which face of a photo {@code enroll} and {@code verify} mean; the default is {@link
   * FaceSelection#dominant()}, which passes over faces that are far smaller than the largest.
   *
   * @param selection the selection
   * @return this
   * @throws IllegalArgumentException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder selection(FaceSelection selection) {
    this.selection = once("face selection", this.selection, selection);
    return this;
  }

  /**
   * Sets the least cosine similarity at which {@code verify} says same; the default is that of the
   * embedder's card.
   *
   * @param threshold a cosine, -1 to 1
   * @return this
   * @throws IllegalArgumentException if it was set already or is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder verificationThreshold(float threshold) {
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the verification threshold must be a cosine within -1 and 1, got " + threshold);
    }
    verificationThreshold = once("verification threshold", verificationThreshold, threshold);
    return this;
  }

  /**
   * Sets the number of threads; the default is one per processor.
   *
   * @param parallelism the number, 1 to 1024
   * @return this
   * @throws IllegalArgumentException if it was set already or is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder parallelism(int parallelism) {
    Workers.requireParallelism(parallelism);
    this.parallelism = once("parallelism", this.parallelism, parallelism);
    return this;
  }

  /**
   * {@return the pipeline}
   *
   * @throws IllegalArgumentException if there is no detector, or a classifier but no embedder
   */
  public FacePipeline build() {
    if (detector == null) {
      throw new IllegalArgumentException(
          "a pipeline needs a detector; set one with detector(...), for example"
              + " Mtcnn.builder().build()");
    }
    if (embedder == null && (classifier != null || verificationThreshold != null)) {
      throw new IllegalArgumentException(
          (classifier != null ? "a classifier" : "a verification threshold")
              + " was set but no embedder; set one with embedder(...)");
    }
    int threads = parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors();
    return new FacePipeline(
        detector,
        aligner != null ? aligner : FaceAligner.standard(),
        embedder,
        classifier,
        attributes,
        selection != null ? selection : FaceSelection.dominant(),
        verificationThreshold,
        new Workers(threads));
  }

  private static <T> T once(String what, @Nullable T old, T value) {
    if (old != null) {
      throw new IllegalArgumentException("the " + what + " was already set to " + old);
    }
    return value;
  }

  private static void requireSameModel(
      @Nullable FaceEmbedder embedder, @Nullable FaceClassifier classifier) {
    if (embedder != null
        && classifier != null
        && !ModelCard.sameEmbedding(embedder.card().fingerprint(), classifier.embedderId())) {
      throw new IllegalArgumentException(
          "the classifier works with embeddings of "
              + classifier.embedderId()
              + ", the embedder is "
              + embedder.card().fingerprint()
              + "; use the model it was made with, with the same preprocessing and mirroring, or"
              + " make it anew");
    }
  }
}
