package io.facepipeline;

import static java.util.Objects.requireNonNull;

import io.facepipeline.internal.Labels;
import io.facepipeline.internal.Workers;
import io.facepipeline.stages.Answers;
import io.facepipeline.stages.Closing;
import io.facepipeline.stages.Stages;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a photo to named people: detect, align, embed, classify.
 *
 * <pre>{@code
 * try (FacePipeline faces = FacePipeline.builder().classifier(Gallery.in(folder)).build()) {
 *   faces.enroll("ada", Image.read(Path.of("ada_1.jpg")));
 *   for (Identification who : faces.identify(Image.read(Path.of("group.jpg")))) {
 *     System.out.println(who); // ada 0.81 at [412,80 96x121]
 *   }
 * }
 * }</pre>
 *
 * <p>Thread-safe. The pipeline owns its stages and closes them.
 *
 * <p>Calls with many images take a list ({@code detectAll} and so on) or a stream ({@code
 * detectEach} and so on). They decode each image when its turn comes and release it after its faces
 * are cut, so each worker holds one image in memory, plus the crops of a few more. They keep the
 * order. An image that fails gives an error in its own {@link Outcome}; the rest go on. Only an
 * {@link Error} or an exception of the {@link ProgressListener} ends the call. With a list, the
 * faces of up to four images are embedded together.
 *
 * <p>Use streams for more images than you want to wait for, or to keep the results of. The returned
 * stream is lazy and keeps the order. It takes images from the given stream in the reader's thread,
 * at most two for each worker ahead of the reader. Closing it starts no further image, waits for
 * the running ones, and closes the given stream:
 *
 * <pre>{@code
 * try (Stream<Outcome<List<Identification>>> who = faces.identifyEach(paths.map(ImageSource::of))) {
 *   who.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>To enroll or verify, a photo must show one person. The pipeline's {@link FaceSelection}
 * chooses among several faces. By default, faces far smaller than the largest are ignored, and
 * several large faces are refused.
 */
public final class FacePipeline extends ManyPhotos implements AutoCloseable {
  private final Stages stages;
  private final FaceSelection selection;
  private final @Nullable Float verificationThreshold;
  private final Workers workers;

  /** Whose stages this one shares; null if they are its own. */
  private final @Nullable FacePipeline owner;

  private final AtomicBoolean closed = new AtomicBoolean();

  FacePipeline(
      Stages stages,
      FaceSelection selection,
      @Nullable Float verificationThreshold,
      Workers workers,
      @Nullable FacePipeline owner) {
    super(stages, selection, workers);
    this.stages = stages;
    this.selection = selection;
    this.verificationThreshold = verificationThreshold;
    this.workers = workers;
    this.owner = owner;
  }

  /** {@return a builder} */
  public static FacePipelineBuilder builder() {
    return new FacePipelineBuilder();
  }

  /**
   * {@return a pipeline of the default models of the class path and an empty gallery in memory; the
   * same as {@code builder().build()}}
   *
   * @throws FacePipelineException if no default models are on the class path
   */
  public static FacePipeline create() {
    return builder().build();
  }

  /**
   * Returns a pipeline with another classifier that shares everything else with this one: detector,
   * aligner, embedder, attribute models and threads. So several galleries or classifiers cost one
   * set of models. Closing it closes only its classifier. It works until the pipeline that owns the
   * stages is closed, and must itself be closed too.
   *
   * @param newClassifier the classifier; the new pipeline owns it from this call on, and it is
   *     closed if the call fails
   * @return the new pipeline
   * @throws IllegalArgumentException if the classifier works with another model
   * @throws IllegalStateException if this pipeline has no embedder, or is closed
   */
  public FacePipeline with(FaceClassifier newClassifier) {
    requireNonNull(newClassifier, "the classifier must not be null");
    try {
      Stages.requireSameModel(requireEmbedder(), newClassifier);
      FacePipeline shared = owner != null ? owner : this;
      return new FacePipeline(
          shared.stages.withClassifier(newClassifier),
          selection,
          verificationThreshold,
          shared.workers.tenants(),
          shared);
    } catch (RuntimeException | Error e) {
      Closing.after(e, List.of(newClassifier));
      throw e;
    }
  }

  /**
   * Returns a pipeline with another classifier, made for this one's embedder, that shares
   * everything else with this one, like {@link #with(FaceClassifier)}.
   *
   * @param factory creates the classifier, such as {@code Gallery.in(folder)}
   * @return the new pipeline
   * @throws IllegalStateException if this pipeline has no embedder, or is closed
   */
  public FacePipeline with(FaceClassifier.Factory factory) {
    requireNonNull(factory, "the classifier's factory must not be null");
    return with(Answers.value(factory.create(requireEmbedder().card()), factory));
  }

  /** {@return the detector} */
  public FaceDetector detector() {
    return stages.detector();
  }

  /** {@return the aligner} */
  public FaceAligner aligner() {
    return stages.aligner();
  }

  /** {@return the embedder; empty if the pipeline only detects} */
  public Optional<FaceEmbedder> embedder() {
    return Optional.ofNullable(stages.embedder());
  }

  /** {@return the classifier, if there is one} */
  public Optional<FaceClassifier> classifier() {
    return Optional.ofNullable(stages.classifier());
  }

  /** {@return the attribute models of {@link #analyze}, in the order they were added} */
  public List<FaceAttribute> attributes() {
    return stages.attributes();
  }

  /**
   * {@return the embedder's card}
   *
   * @throws IllegalStateException if the pipeline has no embedder
   */
  public ModelCard card() {
    return requireEmbedder().card();
  }

  /**
   * {@return the gallery}
   *
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  @Override
  public FaceGallery gallery() {
    FaceClassifier namer = requireClassifier();
    if (namer instanceof FaceGallery gallery) {
      return gallery;
    }
    throw new IllegalStateException(
        "the classifier "
            + namer
            + " is trained, not enrolled; train it with the new person's photos, or use a gallery");
  }

  /**
   * {@return the gallery as its own type, which says more than every gallery does}
   *
   * @param type the type, such as {@code Gallery.class}
   * @param <G> the type
   * @throws IllegalStateException if the classifier is not of this type
   */
  public <G extends FaceGallery> G gallery(Class<G> type) {
    FaceGallery gallery = gallery();
    if (!type.isInstance(gallery)) {
      throw new IllegalStateException(
          "the gallery " + gallery + " is of another type than " + type.getSimpleName());
    }
    return type.cast(gallery);
  }

  /**
   * Runs a task on the pipeline's threads, so that the stages it calls by itself share their work
   * among all of them.
   *
   * @param task the task, such as a tracker's way through a video
   * @param <T> the type of its result
   * @return its result
   * @throws IllegalStateException if the pipeline is closed
   */
  public <T> T call(Supplier<T> task) {
    requireOpen();
    return workers.call(task);
  }

  /**
   * Finds the faces in an image.
   *
   * @param image the image
   * @return the faces, largest first; empty if there are none
   * @throws FacePipelineException if the model fails
   */
  public List<Face> detect(Image image) {
    Objects.requireNonNull(image, "image");
    requireOpen();
    return workers.call(() -> photo.detect(image));
  }

  /**
   * Finds the faces in an image and cuts them for the embedder.
   *
   * @param image the image
   * @return a crop per face, largest face first
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the model fails, or a face cannot be aligned
   */
  public List<AlignedFace> align(Image image) {
    Objects.requireNonNull(image, "image");
    CropSpec spec = requireEmbedder().crop();
    return workers.call(() -> photo.align(image, photo.detect(image), spec));
  }

  /**
   * Cuts already detected faces for the embedder.
   *
   * @param image the image
   * @param faces faces in it
   * @return a crop per face, in the same order
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if a face cannot be aligned
   */
  public List<AlignedFace> align(Image image, List<Face> faces) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(faces, "faces");
    return photo.align(image, faces, requireEmbedder().crop());
  }

  /**
   * Finds and embeds the faces of an image.
   *
   * @param image the image
   * @return each face with its embedding, largest face first
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if a model fails, or a face cannot be aligned
   */
  public List<EmbeddedFace> embed(Image image) {
    Objects.requireNonNull(image, "image");
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> photo.embed(image, photo.detect(image), model));
  }

  /**
   * Embeds already detected faces.
   *
   * @param image the image
   * @param faces faces in it
   * @return each face with its embedding, in the same order
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the model fails, or a face cannot be aligned
   */
  public List<EmbeddedFace> embed(Image image, List<Face> faces) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(faces, "faces");
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> photo.embed(image, faces, model));
  }

  /**
   * Embeds crops, which may have been changed.
   *
   * @param crops crops from {@link #align(Image)}
   * @return an embedding for each crop, in the same order
   * @throws IllegalArgumentException if a crop was cut by another rule or in another size
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the model fails
   */
  public List<Embedding> embed(List<AlignedFace> crops) {
    Objects.requireNonNull(crops, "crops");
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> photo.embeddings(crops, model));
  }

  /**
   * Embeds the selected face of a photo, the one that {@link #enroll} would enroll.
   *
   * @param image a photo with one face, or with several of which the pipeline's {@link
   *     FaceSelection} chooses one
   * @return the face with its embedding, its quality, and the ignored faces
   * @throws FaceCountException if the photo shows no face, or several that the selection refuses
   * @throws SpoofException if the face is not live, and the pipeline {@linkplain
   *     FacePipelineBuilder#requireLive requires that}
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if a model fails, or the face cannot be aligned
   */
  public FaceSelection.Selected embedOne(Image image) {
    Objects.requireNonNull(image, "image");
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> photo.selected(image, model));
  }

  /**
   * Compares the person in two photos.
   *
   * @param a a photo with one face, or with several of which the pipeline's {@link FaceSelection}
   *     chooses one
   * @param b another photo
   * @return whether it is the same person
   * @throws FaceCountException if a photo shows no face, or several that the selection refuses
   * @throws SpoofException if a face is not live, and the pipeline {@linkplain
   *     FacePipelineBuilder#requireLive requires that}
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the card has no threshold and the builder set none
   */
  @Override
  public Verification verify(Image a, Image b) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    FaceEmbedder model = requireEmbedder();
    float threshold =
        verificationThreshold != null
            ? verificationThreshold
            : model.card().verificationThreshold();
    return workers.call(() -> photo.verify(a, b, model, threshold));
  }

  /**
   * Enrolls a person from a photo.
   *
   * @param label the person's label
   * @param image a photo with one face, or with several of which the pipeline's {@link
   *     FaceSelection} chooses one
   * @return the enrolled face, with warnings if its quality is poor
   * @throws FaceCountException if the photo shows no face, or several that the selection refuses
   * @throws SpoofException if the face is not live, and the pipeline {@linkplain
   *     FacePipelineBuilder#requireLive requires that}
   * @throws IllegalArgumentException if the label is not valid ({@link Labels})
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public FaceSelection.Selected enroll(String label, Image image) {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(image, "image");
    FaceGallery gallery = gallery();
    String kept = Labels.accept(label);
    return workers.call(
        () -> {
          FaceSelection.Selected face = photo.selected(image, requireEmbedder());
          gallery.enroll(kept, List.of(face.embedding()));
          return face;
        });
  }

  /**
   * Names everyone in a photo. A face that is not live is marked as a {@linkplain
   * Identification#spoof spoof} and not named, if the pipeline {@linkplain
   * FacePipelineBuilder#requireLive requires live faces}.
   *
   * @param image the photo
   * @return an identification per face, largest face first
   * @throws IllegalStateException if the pipeline has no classifier
   * @throws FacePipelineException if a model fails, or a face cannot be aligned
   */
  @Override
  public List<Identification> identify(Image image) {
    Objects.requireNonNull(image, "image");
    FaceClassifier namer = requireClassifier();
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> photo.identify(image, photo.detect(image), model, namer));
  }

  /**
   * Refuses faces that are not live, as {@link #enroll} does; for programs that embed faces and
   * enroll them by themselves.
   *
   * @param image the photo
   * @param faces faces in it
   * @return the probability that each face is live, 0 to 1, in the same order; empty if the
   *     pipeline does not {@linkplain FacePipelineBuilder#requireLive require live faces}
   * @throws SpoofException if a face is not live
   * @throws FacePipelineException if the model fails, or a face cannot be cut out
   */
  public List<Float> requireLive(Image image, List<Face> faces) {
    requireOpen();
    return workers.call(() -> photo.requireLive(image, faces));
  }

  /**
   * Detects the faces in a photo once and returns everything the pipeline knows about them, with
   * their identification if it has a classifier.
   *
   * @param image the photo
   * @return the faces, largest first
   * @throws FacePipelineException if a model fails, or a face cannot be cut out
   */
  public List<AnalyzedFace> analyze(Image image) {
    Objects.requireNonNull(image, "image");
    requireOpen();
    return workers.call(() -> photo.analyze(image));
  }

  /**
   * Closes the stages after running work has ended, including that of pipelines {@linkplain #with
   * that share them}. Photos of a list that have not started are reported as refused. A pipeline
   * that shares another's stages closes only its classifier. Further calls do nothing.
   *
   * @throws IllegalStateException if it is called from the pipeline's own work, such as a {@link
   *     ProgressListener}, an {@link ImageSource} or a stage, which would deadlock; then nothing is
   *     closed
   */
  @Override
  public void close() {
    if (workers.isCaller()) {
      throw new IllegalStateException(
          "the pipeline cannot be closed from its own work, such as a progress listener or an image"
              + " source; close it after the call has returned");
    }
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    workers.close();
    Closing.all(owner == null ? stages.closeables() : List.of(requireNonNull(stages.classifier())));
  }

  /** {@return a description of the stages} */
  @Override
  public String toString() {
    return "pipeline of "
        + stages.detector()
        + ", "
        + stages.aligner()
        + ", "
        + stages.embedder()
        + ", "
        + stages.classifier();
  }

  @Override
  void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the pipeline is closed");
    }
    if (owner != null && owner.closed.get()) {
      throw new IllegalStateException(
          "the pipeline whose stages this one shares is closed; close it last");
    }
  }

  @Override
  FaceEmbedder requireEmbedder() {
    requireOpen();
    FaceEmbedder embedder = stages.embedder();
    if (embedder == null) {
      throw new IllegalStateException(
          "the pipeline has no embedder; set one with FacePipeline.builder().embedder(...)");
    }
    return embedder;
  }

  @Override
  FaceClassifier requireClassifier() {
    requireEmbedder();
    FaceClassifier classifier = stages.classifier();
    if (classifier == null) {
      throw new IllegalStateException(
          "the pipeline has no classifier; set one with FacePipeline.builder().classifier(...),"
              + " for example a gallery");
    }
    return classifier;
  }
}
