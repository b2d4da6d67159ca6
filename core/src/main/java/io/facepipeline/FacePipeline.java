package io.facepipeline;

import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * From a photo to named people: detect, align, embed, classify.
 *
 * <pre>{@code
 * try (FacePipeline faces =
 *     FacePipeline.builder().detector(detector).embedder(embedder).classifier(gallery).build()) {
 *   faces.enroll("ada", Image.read(Path.of("ada_1.jpg")));
 *   for (Identification who : faces.identify(Image.read(Path.of("group.jpg")))) {
 *     System.out.println(who); // ada 0.81 at [412,80 96x121]
 *   }
 * }
 * }</pre>
 *
 * <p>Thread-safe. The pipeline owns its stages and closes them. Calls with many images decode each
 * image when its turn comes and release it after its faces are cut, so each worker holds one image
 * in memory, plus the crops of a few more. They embed the faces of up to four images together and
 * keep the order. An image that fails gives an error in its own {@link Outcome}; the rest go on.
 * Only an {@link Error} or an exception of the {@link ProgressListener} ends the call.
 *
 * <p>To enroll or verify, a photo must show one person. The pipeline's {@link FaceSelection}
 * chooses among several faces. By default, faces far smaller than the largest are ignored, and
 * several large faces are refused.
 */
public final class FacePipeline implements AutoCloseable {
  private final Stages stages;
  private final FaceDetector detector;
  private final FaceAligner aligner;
  private final @Nullable FaceEmbedder embedder;
  private final @Nullable FaceClassifier classifier;
  private final List<FaceAttribute> attributes;
  private final FaceSelection selection;
  private final @Nullable Float verificationThreshold;
  private final Workers workers;
  private final PhotoRun photos;

  /** Whose stages this one shares; null if they are its own. */
  private final @Nullable FacePipeline owner;

  private final AtomicBoolean closed = new AtomicBoolean();

  FacePipeline(
      Stages stages,
      FaceSelection selection,
      @Nullable Float verificationThreshold,
      Workers workers) {
    this.stages = stages;
    detector = stages.detector();
    aligner = stages.aligner();
    embedder = stages.embedder();
    classifier = stages.classifier();
    attributes = stages.attributes();
    this.selection = selection;
    this.verificationThreshold = verificationThreshold;
    this.workers = workers;
    photos = new PhotoRun(workers);
    owner = null;
  }

  /** A tenant: only the classifier is its own. */
  private FacePipeline(FacePipeline owner, FaceClassifier classifier) {
    stages = owner.stages.withClassifier(classifier);
    detector = stages.detector();
    aligner = stages.aligner();
    embedder = stages.embedder();
    this.classifier = classifier;
    attributes = stages.attributes();
    selection = owner.selection;
    verificationThreshold = owner.verificationThreshold;
    workers = owner.workers.tenants();
    photos = new PhotoRun(workers);
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
    Objects.requireNonNull(newClassifier, "the classifier must not be null");
    try {
      Stages.requireSameModel(requireEmbedder(), newClassifier);
      return new FacePipeline(owner != null ? owner : this, newClassifier);
    } catch (RuntimeException | Error e) {
      Closing.after(e, List.of(newClassifier));
      throw e;
    }
  }

  /**
   * Returns a pipeline with another classifier, made for this one's embedder, that shares
   * everything else with this one, as {@link #with(FaceClassifier)} does.
   *
   * @param factory makes the classifier, such as {@code Gallery.in(folder)}
   * @return the new pipeline
   * @throws IllegalStateException if this pipeline has no embedder, or is closed
   */
  public FacePipeline with(FaceClassifier.Factory factory) {
    Objects.requireNonNull(factory, "the classifier's factory must not be null");
    return with(Answers.value(factory.create(requireEmbedder().card()), factory));
  }

  /**
   * Finds the faces in an image.
   *
   * @param image the image
   * @return the faces, largest first; empty if there are none
   * @throws FacePipelineException if the model fails
   */
  public List<Face> detect(Image image) {
    requireOpen();
    return workers.call(() -> Answers.list(detector.detect(image), detector));
  }

  /**
   * Finds the faces in many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link #detect} returns, or an error, for each image, in order
   */
  public List<Outcome<List<Face>>> detectAll(List<? extends ImageSource> images) {
    return detectAll(images, ProgressListener.NONE);
  }

  /**
   * Finds the faces in many images and reports the progress.
   *
   * @param images the images, decoded one by one
   * @param listener is notified after each image
   * @return what {@link #detect} returns, or an error, for each image, in order
   */
  public List<Outcome<List<Face>>> detectAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    return photos.each(images, this::detect, listener);
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
    CropSpec spec = requireEmbedder().crop();
    return workers.call(() -> align(image, detect(image), spec));
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
    return align(image, faces, requireEmbedder().crop());
  }

  /**
   * Finds and cuts the faces of many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link #align(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<AlignedFace>>> alignAll(List<? extends ImageSource> images) {
    requireEmbedder();
    return photos.each(images, this::align, ProgressListener.NONE);
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
    requireEmbedder();
    return workers.call(() -> embed(image, detect(image)));
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
    FaceEmbedder model = requireEmbedder();
    return workers.call(() -> PhotoRun.embed(align(image, faces), model));
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
    FaceEmbedder model = requireEmbedder();
    return crops.isEmpty() ? List.of() : workers.call(() -> PhotoRun.embeddings(crops, model));
  }

  /** {@return the detector} */
  public FaceDetector detector() {
    return detector;
  }

  /** {@return the aligner} */
  public FaceAligner aligner() {
    return aligner;
  }

  /** {@return the embedder; empty if the pipeline only detects} */
  public Optional<FaceEmbedder> embedder() {
    return Optional.ofNullable(embedder);
  }

  /** {@return the classifier, if there is one} */
  public Optional<FaceClassifier> classifier() {
    return Optional.ofNullable(classifier);
  }

  /** {@return the attribute models of {@link #analyze}, in the order they were added} */
  public List<FaceAttribute> attributes() {
    return attributes;
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
   * Finds and embeds the faces of many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link #embed(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<EmbeddedFace>>> embedAll(List<? extends ImageSource> images) {
    return embedAll(images, ProgressListener.NONE);
  }

  /**
   * Finds and embeds the faces of many images and reports the progress.
   *
   * @param images the images, decoded one by one
   * @param listener is notified after each image
   * @return what {@link #embed(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<EmbeddedFace>>> embedAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    return photos.embedEach(images, this::align, requireEmbedder(), faces -> faces, listener);
  }

  /**
   * Compares the person in two photos.
   *
   * @param a a photo with one face, or with several of which the pipeline's {@link FaceSelection}
   *     chooses one
   * @param b another photo
   * @return whether it is the same person
   * @throws FaceCountException if a photo shows no face, or several that the selection refuses
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the card has no threshold and the builder set none
   */
  public Verification verify(Image a, Image b) {
    ModelCard card = requireEmbedder().card();
    float threshold =
        verificationThreshold != null ? verificationThreshold : card.verificationThreshold();
    return workers.call(() -> verify(a, b, card, threshold));
  }

  private Verification verify(Image a, Image b, ModelCard card, float threshold) {
    EmbeddedFace first = only(a, detect(a));
    EmbeddedFace second = only(b, detect(b));
    float similarity = first.embedding().similarity(second.embedding());
    Double far =
        card.measured().isPresent() && threshold == card.verificationThreshold()
            ? ModelCard.Thresholds.VERIFICATION_FAR
            : null;
    return new Verification(
        similarity >= threshold, similarity, threshold, far, first.face(), second.face());
  }

  /**
   * Compares one photo with many.
   *
   * @param reference a photo of the person
   * @param others the photos to compare, decoded one by one
   * @return what {@link #verify(Image, Image)} returns, or an error, for each photo, in order
   */
  public List<Outcome<Verification>> verifyAll(
      Image reference, List<? extends ImageSource> others) {
    requireEmbedder();
    return photos.each(others, other -> verify(reference, other), ProgressListener.NONE);
  }

  /**
   * Enrolls a person from a photo.
   *
   * @param label the person's label
   * @param photo a photo with one face, or with several of which the pipeline's {@link
   *     FaceSelection} chooses one
   * @return the enrolled face, with warnings if its quality is poor
   * @throws FaceCountException if the photo shows no face, or several that the selection refuses
   * @throws IllegalArgumentException if the label is not valid ({@link Labels})
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public EnrolledFace enroll(String label, Image photo) {
    FaceGallery gallery = requireGallery();
    String kept = Labels.accept(label);
    return workers.call(
        () -> {
          Candidate candidate = candidate(photo);
          gallery.enroll(kept, List.of(candidate.embedding()));
          return candidate.face();
        });
  }

  /** A face with what is enrolled of it. */
  private record Candidate(EnrolledFace face, Embedding embedding) {}

  private Candidate candidate(Image photo) {
    List<Face> faces = detect(photo);
    EmbeddedFace one = only(photo, faces);
    FaceQuality quality = FaceQuality.of(photo, one.face());
    List<Face> others = faces.stream().filter(face -> !face.equals(one.face())).toList();
    return new Candidate(new EnrolledFace(one.face(), quality, others), one.embedding());
  }

  /**
   * Enrolls a person from several photos. Usable photos are enrolled, the others reported.
   *
   * @param label the person's label
   * @param photos the photos, decoded one by one
   * @return the enrolled face or an error for each photo, in order
   * @throws IllegalArgumentException if the label is not valid ({@link Labels})
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public List<Outcome<EnrolledFace>> enrollAll(String label, List<? extends ImageSource> photos) {
    FaceGallery gallery = requireGallery();
    String kept = Labels.accept(label);
    List<Outcome<Candidate>> found =
        this.photos.each(photos, this::candidate, ProgressListener.NONE);
    List<Embedding> usable =
        found.stream().filter(Outcome::isPresent).map(o -> o.get().embedding()).toList();
    if (!usable.isEmpty()) {
      gallery.enroll(kept, usable);
    }
    return found.stream().map(o -> o.map(Candidate::face)).toList();
  }

  /**
   * Names everyone in a photo.
   *
   * @param image the photo
   * @return an identification per face, largest face first
   * @throws IllegalStateException if the pipeline has no classifier
   * @throws FacePipelineException if a model fails, or a face cannot be aligned
   */
  public List<Identification> identify(Image image) {
    FaceClassifier namer = requireClassifier();
    return workers.call(() -> identify(namer, embed(image)));
  }

  private static List<Identification> identify(FaceClassifier namer, List<EmbeddedFace> faces) {
    if (faces.isEmpty()) {
      return List.of();
    }
    List<Embedding> embeddings = faces.stream().map(EmbeddedFace::embedding).toList();
    List<Match> matches = Answers.listOf(faces.size(), namer.classifyAll(embeddings), namer);
    List<Identification> who = new ArrayList<>(faces.size());
    for (int i = 0; i < faces.size(); i++) {
      who.add(Identification.of(faces.get(i).face(), matches.get(i)));
    }
    return Collections.unmodifiableList(who);
  }

  /**
   * Names everyone in many photos.
   *
   * @param images the photos, decoded one by one
   * @return what {@link #identify} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<Identification>>> identifyAll(List<? extends ImageSource> images) {
    return identifyAll(images, ProgressListener.NONE);
  }

  /**
   * Names everyone in many photos and reports the progress.
   *
   * @param images the photos, decoded one by one
   * @param listener is notified after each photo
   * @return what {@link #identify} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<Identification>>> identifyAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    FaceClassifier namer = requireClassifier();
    return photos.embedEach(
        images, this::align, requireEmbedder(), faces -> identify(namer, faces), listener);
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
    requireOpen();
    return workers.call(() -> analyzeNow(image));
  }

  private List<AnalyzedFace> analyzeNow(Image image) {
    List<Face> faces = detect(image);
    List<Identification> identities =
        classifier == null ? List.of() : identify(classifier, embed(image, faces));
    List<List<AttributeScores>> scores =
        workers.call(
            () ->
                attributes.stream()
                    .map(
                        model ->
                            Answers.listOf(
                                faces.size(), model.classify(image, faces, aligner), model))
                    .toList());
    List<AnalyzedFace> analyzed = new ArrayList<>();
    for (int i = 0; i < faces.size(); i++) {
      int at = i;
      analyzed.add(
          new AnalyzedFace(
              faces.get(i),
              FaceQuality.of(image, faces.get(i)),
              identities.isEmpty() ? null : identities.get(i),
              scores.stream().map(of -> of.get(at)).toList()));
    }
    return analyzed;
  }

  /**
   * Analyzes the faces in many photos, as {@link #analyze} does for one.
   *
   * @param images the photos, decoded one by one
   * @param listener is notified after each photo
   * @return what {@link #analyze} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<AnalyzedFace>>> analyzeAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    return photos.each(images, this::analyze, listener);
  }

  /**
   * {@return the gallery}
   *
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public FaceGallery gallery() {
    return requireGallery();
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
    Closing.all(owner == null || classifier == null ? stages.closeables() : List.of(classifier));
  }

  /** {@return a description of the stages} */
  @Override
  public String toString() {
    return "pipeline of " + detector + ", " + aligner + ", " + embedder + ", " + classifier;
  }

  /** The face of a photo that is meant. */
  private EmbeddedFace only(Image photo, List<Face> faces) {
    Face face =
        selection
            .select(faces, photo.width(), photo.height())
            .orElseThrow(
                () ->
                    new FaceCountException(
                        "no face found in the "
                            + photo
                            + "; use a photo in which the face is larger and turned to the camera,"
                            + " or lower the detector's minimum face size",
                        faces));
    return embed(photo, List.of(face)).get(0);
  }

  private List<AlignedFace> align(Image image, List<Face> faces, CropSpec spec) {
    AlignedFace[] crops = new AlignedFace[faces.size()];
    workers.forEach(
        crops.length,
        i -> crops[i] = Answers.value(aligner.align(image, faces.get(i), spec), aligner));
    return List.of(crops);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the pipeline is closed");
    }
    if (owner != null && owner.closed.get()) {
      throw new IllegalStateException(
          "the pipeline whose stages this one shares is closed; close it last");
    }
  }

  private FaceEmbedder requireEmbedder() {
    requireOpen();
    if (embedder == null) {
      throw new IllegalStateException(
          "the pipeline has no embedder; set one with FacePipeline.builder().embedder(...)");
    }
    return embedder;
  }

  private FaceClassifier requireClassifier() {
    requireEmbedder();
    if (classifier == null) {
      throw new IllegalStateException(
          "the pipeline has no classifier; set one with FacePipeline.builder().classifier(...),"
              + " for example a gallery");
    }
    return classifier;
  }

  private FaceGallery requireGallery() {
    FaceClassifier namer = requireClassifier();
    if (namer instanceof FaceGallery gallery) {
      return gallery;
    }
    throw new IllegalStateException(
        "the classifier "
            + namer
            + " is trained, not enrolled; train it with the new person's photos, or use a gallery");
  }
}
