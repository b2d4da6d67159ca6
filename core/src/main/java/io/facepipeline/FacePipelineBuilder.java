package io.facepipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import io.facepipeline.spi.PipelineDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FacePipeline}. What is not set takes the default of the class path when the
 * pipeline is built: the artifact facepipeline-models brings a detector, an embedder and an empty
 * gallery in memory. Nothing of the defaults is opened that was set, or that the pipeline is to be
 * without.
 *
 * <p>The builder owns each stage from the call on that hands it over, and the pipeline after it. If
 * a call fails, the builder closes all that it was given, and all that it opened, and cannot be
 * used any more; so a chain of calls that fails leaves nothing open. A stage that is itself opened
 * in the middle of a chain may fail before the builder sees it; given as a {@link Supplier}, it is
 * opened by {@link #build}, and the builder sees to the others.
 *
 * <p>Each setter refuses null, a second call, and at once what contradicts an earlier one. A
 * builder builds one pipeline. Not thread-safe.
 */
public final class FacePipelineBuilder {
  private @Nullable StagePart<FaceDetector> detector;
  private @Nullable FaceAligner aligner;
  private @Nullable StagePart<FaceEmbedder> embedder;
  private @Nullable FaceClassifier classifier;
  private FaceClassifier.@Nullable Factory classifierFactory;
  private final List<StagePart<FaceAttribute>> attributes = new ArrayList<>();
  private @Nullable FaceSelection selection;
  private @Nullable Float verificationThreshold;
  private @Nullable Integer parallelism;
  private boolean withoutEmbedder;
  private boolean withoutClassifier;
  private final Ownership ownership = new Ownership();

  FacePipelineBuilder() {}

  /**
   * Sets what finds faces; without it, the default of the class path does. The pipeline closes it.
   *
   * @param detector the detector
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder detector(FaceDetector detector) {
    return own("detector", detector, () -> setDetector(StagePart.of(detector)));
  }

  /**
   * Sets what finds faces, to be opened when the pipeline is built. The pipeline closes it.
   *
   * @param opener opens the detector
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder detector(Supplier<? extends FaceDetector> opener) {
    return opening("detector", opener, () -> setDetector(StagePart.openedBy(opener)));
  }

  private void setDetector(StagePart<FaceDetector> part) {
    detector = SetOnce.set("detector", detector, part);
  }

  /**
   * Sets what cuts faces; the default is {@link FaceAligner#standard()}.
   *
   * @param aligner the aligner
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder aligner(FaceAligner aligner) {
    return set(() -> this.aligner = SetOnce.set("aligner", this.aligner, aligner));
  }

  /**
   * Sets what embeds faces; without it, the default of the class path does. The pipeline closes it.
   *
   * @param embedder the embedder
   * @return this
   * @throws IllegalStateException if it was set already, or the pipeline is to be without
   * @throws IllegalArgumentException if the classifier works with another model
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder embedder(FaceEmbedder embedder) {
    return own("embedder", embedder, () -> setEmbedder(StagePart.of(embedder)));
  }

  /**
   * Sets what embeds faces, to be opened when the pipeline is built. The pipeline closes it.
   *
   * @param opener opens the embedder
   * @return this
   * @throws IllegalStateException if it was set already, or the pipeline is to be without
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder embedder(Supplier<? extends FaceEmbedder> opener) {
    return opening("embedder", opener, () -> setEmbedder(StagePart.openedBy(opener)));
  }

  private void setEmbedder(StagePart<FaceEmbedder> part) {
    refuseWithout("embedder", withoutEmbedder);
    SetOnce.refuseSecond("embedder", embedder);
    Stages.requireSameModel(part.stage(), classifier);
    embedder = part;
  }

  /**
   * Leaves the embedder out: the pipeline detects, and can do nothing that needs to know whose a
   * face is.
   *
   * @return this
   * @throws IllegalStateException if there is an embedder, a classifier or a verification threshold
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder withoutEmbedder() {
    return set(
        () -> {
          SetOnce.refuseSecond("embedder", embedder);
          refuseClassifier();
          SetOnce.refuseSecond("verification threshold", verificationThreshold);
          withoutEmbedder = true;
        });
  }

  /**
   * Sets what names faces: a trained classifier, or a {@link FaceGallery} that people are enrolled
   * in; without it, the default of the class path does, which is an empty gallery in memory. The
   * pipeline closes it. A pipeline that has none at all does everything but {@code identify} and
   * {@code enroll}.
   *
   * @param classifier the classifier
   * @return this
   * @throws IllegalStateException if it was set already, or the pipeline is to be without
   * @throws IllegalArgumentException if it works with another model than the embedder
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder classifier(FaceClassifier classifier) {
    return own("classifier", classifier, () -> setClassifier(classifier, card -> classifier));
  }

  /**
   * Sets what names faces, to be made for the pipeline's embedder when the pipeline is built, such
   * as the gallery of a folder. The pipeline closes it.
   *
   * @param factory makes the classifier
   * @return this
   * @throws IllegalStateException if it was set already, or the pipeline is to be without
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder classifier(FaceClassifier.Factory factory) {
    return opening("classifier", factory, () -> setClassifier(null, factory));
  }

  private void setClassifier(@Nullable FaceClassifier given, FaceClassifier.Factory factory) {
    refuseWithout("embedder, which a classifier needs", withoutEmbedder);
    refuseWithout("classifier", withoutClassifier);
    refuseClassifier();
    Stages.requireSameModel(embedder == null ? null : embedder.stage(), given);
    classifier = given;
    classifierFactory = factory;
  }

  /**
   * Leaves the classifier out: the pipeline can do everything but {@code identify} and {@code
   * enroll}.
   *
   * @return this
   * @throws IllegalStateException if there is a classifier
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder withoutClassifier() {
    return set(
        () -> {
          refuseClassifier();
          withoutClassifier = true;
        });
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
    return own(
        "attribute model",
        attribute,
        () -> {
          for (StagePart<FaceAttribute> other : attributes) {
            requireAnotherId(other.stage(), attribute);
          }
          attributes.add(StagePart.of(attribute));
        });
  }

  /**
   * Adds a model that {@link FacePipeline#analyze} asks about each face, to be opened when the
   * pipeline is built. The pipeline closes it.
   *
   * @param opener opens the model
   * @return this
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder attribute(Supplier<? extends FaceAttribute> opener) {
    return opening("attribute model", opener, () -> attributes.add(StagePart.openedBy(opener)));
  }

  /**
   * Sets which face of a photo {@code enroll} and {@code verify} mean; the default is {@link
   * FaceSelection#dominant()}, which passes over faces that are far smaller than the largest.
   *
   * @param selection the selection
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder selection(FaceSelection selection) {
    return set(() -> this.selection = SetOnce.set("face selection", this.selection, selection));
  }

  /**
   * Sets the least cosine similarity at which {@code verify} says same; the default is that of the
   * embedder's card.
   *
   * @param threshold a cosine, -1 to 1
   * @return this
   * @throws IllegalStateException if it was set already, or the pipeline is to be without embedder
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder verificationThreshold(float threshold) {
    return set(
        () -> {
          if (!(threshold >= -1 && threshold <= 1)) {
            throw new IllegalArgumentException(
                "the verification threshold must be a cosine within -1 and 1, got " + threshold);
          }
          refuseWithout("embedder, which a verification threshold is for", withoutEmbedder);
          verificationThreshold =
              SetOnce.set("verification threshold", verificationThreshold, threshold);
        });
  }

  /**
   * Sets the number of threads; the default is one per processor.
   *
   * @param parallelism the number, 1 to 1024
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder parallelism(int parallelism) {
    return set(
        () -> {
          Workers.requireParallelism(parallelism);
          this.parallelism = SetOnce.set("parallelism", this.parallelism, parallelism);
        });
  }

  /**
   * Builds the pipeline: opens what was given to be opened and the defaults for what was not set,
   * and makes the classifier for the embedder. An embedder whose card has no thresholds gets no
   * default classifier.
   *
   * @return the pipeline
   * @throws FacePipelineException if a stage is needed that was not set and no default models are
   *     on the class path, or a stage cannot be opened
   * @throws IllegalArgumentException if the classifier works with another model than the embedder,
   *     or two attribute models have the same id
   * @throws IllegalStateException if the builder has built a pipeline, or a call of it failed
   */
  public FacePipeline build() {
    FacePipeline[] built = new FacePipeline[1];
    set(() -> built[0] = pipeline());
    ownership.end("has built its pipeline");
    return built[0];
  }

  private FacePipeline pipeline() {
    boolean complete =
        detector != null
            && (embedder != null || withoutEmbedder)
            && (classifierFactory != null || withoutClassifier || withoutEmbedder);
    Optional<PipelineDefaults> defaults = complete ? Optional.empty() : DefaultsOnClassPath.find();
    FaceDetector finds =
        ownership.take(
            detector != null
                ? detector.open()
                : defaults.orElseThrow(() -> missing("detector")).detector());
    FaceEmbedder embeds = embedder(defaults);
    FaceClassifier names = embeds == null ? null : classifier(embeds.card(), defaults);
    Stages.requireSameModel(embeds, names);
    List<FaceAttribute> tells = new ArrayList<>();
    for (StagePart<FaceAttribute> part : attributes) {
      FaceAttribute attribute = ownership.take(part.open());
      tells.forEach(other -> requireAnotherId(other, attribute));
      tells.add(attribute);
    }
    return new FacePipeline(
        new Stages(finds, aligner != null ? aligner : FaceAligner.standard(), embeds, names, tells),
        selection != null ? selection : FaceSelection.dominant(),
        verificationThreshold,
        new Workers(
            parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors()));
  }

  private @Nullable FaceEmbedder embedder(Optional<PipelineDefaults> defaults) {
    if (withoutEmbedder) {
      return null;
    }
    if (embedder != null) {
      return ownership.take(embedder.open());
    }
    if (defaults.isEmpty() && (classifierFactory != null || verificationThreshold != null)) {
      throw missing("embedder");
    }
    return defaults.map(d -> ownership.take(d.embedder())).orElse(null);
  }

  private @Nullable FaceClassifier classifier(ModelCard card, Optional<PipelineDefaults> defaults) {
    if (classifierFactory != null) {
      return ownership.take(Answers.value(classifierFactory.create(card), classifierFactory));
    }
    if (withoutClassifier || card.measured().isEmpty()) {
      return null;
    }
    return defaults.map(d -> ownership.take(d.classifier(card))).orElse(null);
  }

  private static FacePipelineException missing(String stage) {
    return new FacePipelineException(
        "the pipeline has no "
            + stage
            + ", and no default models are on the class path; set one with FacePipeline.builder()."
            + stage
            + "(...), or put an artifact there that provides them (facepipeline-models)");
  }

  private void refuseClassifier() {
    SetOnce.refuseSecond("classifier", classifier != null ? classifier : classifierFactory);
  }

  private static void refuseWithout(String what, boolean without) {
    if (without) {
      throw new IllegalStateException("the pipeline was said to be without an " + what);
    }
  }

  private static void requireAnotherId(@Nullable FaceAttribute one, FaceAttribute other) {
    String id = other.card().id();
    if (one != null && one.card().id().equals(id)) {
      throw new IllegalArgumentException("the attribute model " + id + " was already added");
    }
  }

  private FacePipelineBuilder own(String name, @Nullable AutoCloseable stage, Runnable setter) {
    if (stage == null) {
      return set(
          () -> {
            throw new NullPointerException("the " + name + " must not be null");
          });
    }
    ownership.step(stage, setter);
    return this;
  }

  private FacePipelineBuilder opening(String name, @Nullable Object opener, Runnable setter) {
    return set(
        () -> {
          Objects.requireNonNull(opener, () -> "what opens the " + name + " must not be null");
          setter.run();
        });
  }

  private FacePipelineBuilder set(Runnable setter) {
    ownership.step(setter);
    return this;
  }
}
