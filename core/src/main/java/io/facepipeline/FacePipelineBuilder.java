package io.facepipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import io.facepipeline.spi.PipelineDefaults;
import io.facepipeline.stages.Answers;
import io.facepipeline.stages.AttributeParts;
import io.facepipeline.stages.DefaultsOnClassPath;
import io.facepipeline.stages.Ownership;
import io.facepipeline.stages.StagePart;
import io.facepipeline.stages.StageWatch;
import io.facepipeline.stages.Stages;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FacePipeline}. Unset stages take the defaults of the class path at {@link
 * #build}: the artifact facepipeline-models brings a detector, an embedder and an empty gallery in
 * memory. Only the defaults that are needed are opened.
 *
 * <p>The builder owns each stage from the call that passes it, and the pipeline owns it afterwards.
 * If a call fails, the builder closes every stage it was given or opened and cannot be used again,
 * so a failed chain of calls leaks nothing. A stage that is opened in the middle of a chain may
 * fail before the builder gets it: pass a {@link Supplier}, and {@link #build} opens it.
 *
 * <p>Each setter refuses null, a second call, and contradictions to earlier calls. A builder builds
 * one pipeline. Not thread-safe.
 */
public final class FacePipelineBuilder {
  private @Nullable StagePart<FaceDetector> detector;
  private @Nullable FaceAligner aligner;
  private @Nullable StagePart<FaceEmbedder> embedder;
  private @Nullable FaceClassifier classifier;
  private FaceClassifier.@Nullable Factory classifierFactory;
  private final AttributeParts attributes = new AttributeParts();
  private @Nullable FaceSelection selection;
  private @Nullable Float verificationThreshold;
  private @Nullable Integer parallelism;
  private @Nullable StageListener listener;
  private boolean withoutEmbedder;
  private boolean withoutClassifier;
  private final Ownership ownership = new Ownership();

  FacePipelineBuilder() {}

  /**
   * Sets the detector; the default is that of the class path. The pipeline closes it.
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
   * Sets a supplier that opens the detector when the pipeline is built. The pipeline closes the
   * detector.
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
   * Sets the aligner; the default is {@link FaceAligner#standard()}.
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
   * Sets the embedder; the default is that of the class path. The pipeline closes it.
   *
   * @param embedder the embedder
   * @return this
   * @throws IllegalStateException if it was set already, or was excluded
   * @throws IllegalArgumentException if the classifier works with another model
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder embedder(FaceEmbedder embedder) {
    return own("embedder", embedder, () -> setEmbedder(StagePart.of(embedder)));
  }

  /**
   * Sets a supplier that opens the embedder when the pipeline is built. The pipeline closes the
   * embedder.
   *
   * @param opener opens the embedder
   * @return this
   * @throws IllegalStateException if it was set already, or was excluded
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
   * Leaves out the embedder: the pipeline can detect, but not embed, verify or identify.
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
   * Sets the classifier: a trained one, or a {@link FaceGallery}. The default is that of the class
   * path, an empty gallery in memory. The pipeline closes it. Without any, the pipeline can do
   * everything except {@code identify} and {@code enroll}.
   *
   * @param classifier the classifier
   * @return this
   * @throws IllegalStateException if it was set already, or was excluded
   * @throws IllegalArgumentException if it works with another model than the embedder
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder classifier(FaceClassifier classifier) {
    return own("classifier", classifier, () -> setClassifier(classifier, card -> classifier));
  }

  /**
   * Sets a factory that creates the classifier for the pipeline's embedder when the pipeline is
   * built, such as the gallery of a folder. The pipeline closes the classifier.
   *
   * @param factory creates the classifier
   * @return this
   * @throws IllegalStateException if it was set already, or was excluded
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
   * Leaves out the classifier: the pipeline can do everything except {@code identify} and {@code
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
   * Adds an attribute model for {@link FacePipeline#analyze}. The pipeline closes it.
   *
   * @param attribute the model
   * @return this
   * @throws IllegalArgumentException if there is a model with the same id
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder attribute(FaceAttribute attribute) {
    return own("attribute model", attribute, () -> attributes.add(StagePart.of(attribute)));
  }

  /**
   * Adds a supplier that opens an attribute model for {@link FacePipeline#analyze} when the
   * pipeline is built. The pipeline closes the model.
   *
   * @param opener opens the model
   * @return this
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder attribute(Supplier<? extends FaceAttribute> opener) {
    return opening("attribute model", opener, () -> attributes.add(StagePart.openedBy(opener)));
  }

  /**
   * Refuses presentation attacks, such as printed photos and screens. {@code verify}, {@code
   * enroll} and {@code embedOne} throw a {@link SpoofException} for a face that is not live; {@code
   * identify} and {@code analyze} mark it as a {@linkplain Identification#spoof spoof} and do not
   * name it. The results tell how live a face is. The model is also one of those of {@link
   * FacePipeline#analyze}. The pipeline closes it.
   *
   * <p>{@code detect}, {@code align} and {@code embed} refuse nothing: see {@link
   * FacePipeline#requireLive}.
   *
   * @param attribute a model whose card has the label {@link FaceAttribute#LIVE}
   * @param minimum the least probability of that label, more than 0, at most 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if the model has no such label, there is a model with the same
   *     id, or the minimum is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder requireLive(FaceAttribute attribute, float minimum) {
    return own(
        "liveness model",
        attribute,
        () -> attributes.requireLive(StagePart.of(attribute), minimum));
  }

  /**
   * Refuses presentation attacks with a model that is opened when the pipeline is built, like
   * {@link #requireLive(FaceAttribute, float)}.
   *
   * @param opener opens a model whose card has the label {@link FaceAttribute#LIVE}
   * @param minimum the least probability of that label, more than 0, at most 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if the minimum is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder requireLive(Supplier<? extends FaceAttribute> opener, float minimum) {
    return opening(
        "liveness model",
        opener,
        () -> attributes.requireLive(StagePart.openedBy(opener), minimum));
  }

  /**
   * Sets which of several faces {@code enroll} and {@code verify} use; the default is {@link
   * FaceSelection#dominant()}, which ignores faces far smaller than the largest.
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
   * Sets the lowest cosine similarity of the same person for {@code verify}; the default is that of
   * the embedder's card.
   *
   * @param threshold a cosine, -1 to 1
   * @return this
   * @throws IllegalStateException if it was set already, or the embedder was excluded
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder verificationThreshold(float threshold) {
    return set(
        () -> {
          Cosines.require("verification threshold", threshold);
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
   * Sets a listener that is told of each stage's work, such as one that keeps metrics; the default
   * is none.
   *
   * @param listener the listener
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FacePipelineBuilder listener(StageListener listener) {
    return set(() -> this.listener = SetOnce.set("stage listener", this.listener, listener));
  }

  /**
   * Builds the pipeline: opens the supplied stages and the defaults of unset ones, and creates the
   * classifier for the embedder. If the embedder's card has no thresholds, there is no default
   * classifier.
   *
   * @return the pipeline
   * @throws FacePipelineException if a needed stage is unset and no default models are on the class
   *     path, or a stage cannot be opened
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
    AttributeParts.Opened tells = attributes.open(ownership);
    return new FacePipeline(
        new Stages(
            finds,
            aligner != null ? aligner : FaceAligner.standard(),
            embeds,
            names,
            tells.models(),
            tells.gate(),
            new StageWatch(listener != null ? listener : StageListener.NONE)),
        selection != null ? selection : FaceSelection.dominant(),
        verificationThreshold,
        new Workers(parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors()),
        null);
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
            + "(...), or add the artifact facepipeline-models");
  }

  private void refuseClassifier() {
    SetOnce.refuseSecond("classifier", classifier != null ? classifier : classifierFactory);
  }

  private static void refuseWithout(String what, boolean without) {
    if (without) {
      throw new IllegalStateException("the pipeline was built without an " + what);
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
          Objects.requireNonNull(opener, () -> "the supplier of the " + name + " must not be null");
          setter.run();
        });
  }

  private FacePipelineBuilder set(Runnable setter) {
    ownership.step(setter);
    return this;
  }
}
