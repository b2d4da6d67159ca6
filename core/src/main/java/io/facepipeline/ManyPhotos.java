package io.facepipeline;

import io.facepipeline.internal.Labels;
import io.facepipeline.internal.Workers;
import io.facepipeline.stages.PhotoStages;
import io.facepipeline.stages.Stages;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The half of {@link FacePipeline} that takes many photos, as lists or as streams; no type of its
 * own to users.
 */
abstract class ManyPhotos {
  final PhotoStages photo;
  private final PhotoRun photos;

  ManyPhotos(Stages stages, FaceSelection selection, Workers workers) {
    photo = new PhotoStages(stages, selection, workers);
    photos = new PhotoRun(photo, stages.watch(), workers, this::requireOpen);
  }

  /** Throws if there is no more work. */
  abstract void requireOpen();

  abstract FaceEmbedder requireEmbedder();

  abstract FaceClassifier requireClassifier();

  abstract FaceGallery gallery();

  abstract Verification verify(Image a, Image b);

  abstract List<Identification> identify(Image image);

  /**
   * Finds the faces in many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link FacePipeline#detect} returns, or an error, for each image, in order
   */
  public List<Outcome<List<Face>>> detectAll(List<? extends ImageSource> images) {
    return detectAll(images, ProgressListener.NONE);
  }

  /**
   * Finds the faces in many images and reports the progress.
   *
   * @param images the images, decoded one by one
   * @param listener is notified after each image
   * @return what {@link FacePipeline#detect} returns, or an error, for each image, in order
   */
  public List<Outcome<List<Face>>> detectAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    requireOpen();
    return photos.each(images, photo::detect, listener);
  }

  /**
   * Finds the faces in the images of a stream.
   *
   * @param images the images; closed with the stream that is returned
   * @return what {@link FacePipeline#detect} returns, or an error, for each image, in order
   */
  public Stream<Outcome<List<Face>>> detectEach(Stream<? extends ImageSource> images) {
    requireOpen();
    return photos.stream(images, photo::detect);
  }

  /**
   * Finds and cuts the faces of many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link FacePipeline#align(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<AlignedFace>>> alignAll(List<? extends ImageSource> images) {
    CropSpec spec = requireEmbedder().crop();
    return photos.each(
        images, image -> photo.align(image, photo.detect(image), spec), ProgressListener.NONE);
  }

  /**
   * Finds and embeds the faces of many images.
   *
   * @param images the images, decoded one by one
   * @return what {@link FacePipeline#embed(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<EmbeddedFace>>> embedAll(List<? extends ImageSource> images) {
    return embedAll(images, ProgressListener.NONE);
  }

  /**
   * Finds and embeds the faces of many images and reports the progress.
   *
   * @param images the images, decoded one by one
   * @param listener is notified after each image
   * @return what {@link FacePipeline#embed(Image)} returns, or an error, for each image, in order
   */
  public List<Outcome<List<EmbeddedFace>>> embedAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    return embedAll(images, requireEmbedder(), faces -> faces, listener);
  }

  private <T> List<Outcome<T>> embedAll(
      List<? extends ImageSource> images,
      FaceEmbedder model,
      Function<List<EmbeddedFace>, T> finish,
      ProgressListener listener) {
    CropSpec spec = model.crop();
    return photos.embedEach(
        images, image -> photo.align(image, photo.detect(image), spec), model, finish, listener);
  }

  /**
   * Finds and embeds the faces in the images of a stream.
   *
   * @param images the images; closed with the stream that is returned
   * @return what {@link FacePipeline#embed(Image)} returns, or an error, for each image, in order
   */
  public Stream<Outcome<List<EmbeddedFace>>> embedEach(Stream<? extends ImageSource> images) {
    FaceEmbedder model = requireEmbedder();
    return photos.stream(images, image -> photo.embed(image, photo.detect(image), model));
  }

  /**
   * Finds the faces in the photos of a stream, and embeds the one of each that the pipeline's
   * {@link FaceSelection} chooses.
   *
   * @param images the photos; closed with the stream that is returned
   * @return what {@link FacePipeline#embedOne} returns, or an error, for each photo, in order; a
   *     {@link FaceCountException} if it shows no face, or several that the selection refuses, a
   *     {@link SpoofException} if the face is not live and that is required
   */
  public Stream<Outcome<FaceSelection.Selected>> embedOneEach(
      Stream<? extends ImageSource> images) {
    FaceEmbedder model = requireEmbedder();
    return photos.stream(images, image -> photo.selected(image, model));
  }

  /**
   * Compares one photo with many.
   *
   * @param reference a photo of the person
   * @param others the photos to compare, decoded one by one
   * @return what {@link FacePipeline#verify(Image, Image)} returns, or an error, for each photo, in
   *     order
   */
  public List<Outcome<Verification>> verifyAll(
      Image reference, List<? extends ImageSource> others) {
    requireEmbedder();
    return photos.each(others, other -> verify(reference, other), ProgressListener.NONE);
  }

  /**
   * Enrolls a person from several photos. Usable photos are enrolled, the others reported.
   *
   * @param label the person's label
   * @param images the photos, decoded one by one
   * @return the enrolled face or an error for each photo, in order
   * @throws IllegalArgumentException if the label is not valid ({@link Labels})
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public List<Outcome<FaceSelection.Selected>> enrollAll(
      String label, List<? extends ImageSource> images) {
    return enrollAll(label, images, Enrollment.Options.defaults());
  }

  /**
   * Enrolls a person from several photos, with metadata, or in the place of the faces that the
   * person had. Photos that can be used are enrolled, all with one change of the gallery; the
   * others are reported. If none can be used, the gallery is not changed.
   *
   * @param label the person's label
   * @param images the photos, decoded one by one
   * @param options what is noted about the person, and what becomes of the faces before
   * @return the enrolled face or an error for each photo, in order
   * @throws IllegalArgumentException if the label is not valid ({@link Labels})
   * @throws IllegalStateException if the classifier is not a {@link FaceGallery}
   */
  public List<Outcome<FaceSelection.Selected>> enrollAll(
      String label, List<? extends ImageSource> images, Enrollment.Options options) {
    FaceGallery gallery = gallery();
    FaceEmbedder model = requireEmbedder();
    String kept = Labels.accept(label);
    List<Outcome<FaceSelection.Selected>> found =
        photos.each(images, image -> photo.selected(image, model), options.listener());
    List<Embedding> usable =
        found.stream().filter(Outcome::isPresent).map(o -> o.get().embedding()).toList();
    if (!usable.isEmpty()) {
      Enrollment enrollment = new Enrollment(kept, usable, options.metadata());
      if (options.isReplacing()) {
        gallery.replace(enrollment);
      } else {
        gallery.enrollAll(List.of(enrollment));
      }
    }
    return found;
  }

  /**
   * Names everyone in many photos.
   *
   * @param images the photos, decoded one by one
   * @return what {@link FacePipeline#identify} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<Identification>>> identifyAll(List<? extends ImageSource> images) {
    return identifyAll(images, ProgressListener.NONE);
  }

  /**
   * Names everyone in many photos and reports the progress.
   *
   * @param images the photos, decoded one by one
   * @param listener is notified after each photo
   * @return what {@link FacePipeline#identify} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<Identification>>> identifyAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    FaceClassifier namer = requireClassifier();
    if (photo.judgesLiveness()) {
      return photos.each(images, this::identify, listener); // photo by photo: it needs the pixels
    }
    return embedAll(images, requireEmbedder(), faces -> photo.identify(namer, faces), listener);
  }

  /**
   * Names everyone in the photos of a stream.
   *
   * @param images the photos; closed with the stream that is returned
   * @return what {@link FacePipeline#identify} returns, or an error, for each photo, in order
   */
  public Stream<Outcome<List<Identification>>> identifyEach(Stream<? extends ImageSource> images) {
    requireClassifier();
    return photos.stream(images, this::identify);
  }

  /**
   * Analyzes the faces in many photos, as {@link FacePipeline#analyze} does for one.
   *
   * @param images the photos, decoded one by one
   * @param listener is notified after each photo
   * @return what {@link FacePipeline#analyze} returns, or an error, for each photo, in order
   */
  public List<Outcome<List<AnalyzedFace>>> analyzeAll(
      List<? extends ImageSource> images, ProgressListener listener) {
    requireOpen();
    return photos.each(images, photo::analyze, listener);
  }

  /**
   * Analyzes the faces in the photos of a stream.
   *
   * @param images the photos; closed with the stream that is returned
   * @return what {@link FacePipeline#analyze} returns, or an error, for each photo, in order
   */
  public Stream<Outcome<List<AnalyzedFace>>> analyzeEach(Stream<? extends ImageSource> images) {
    requireOpen();
    return photos.stream(images, photo::analyze);
  }

  /**
   * Runs a task of the caller's on each image of a stream, on the pipeline's threads: for what no
   * single call says, such as several calls of this pipeline for each image.
   *
   * <pre>{@code
   * try (Stream<Outcome<Image>> drawn =
   *     faces.mapEach(
   *         photos.stream(),
   *         (source, photo) -> FaceDrawing.on(photo).faces(faces.detect(photo)).toImage())) {
   *   drawn.forEach(outcome -> ...);
   * }
   * }</pre>
   *
   * @param images the images; closed with the stream that is returned
   * @param task takes the source and its image, and returns anything but null; called for several
   *     images at the same time
   * @param <S> the type of the sources
   * @param <T> the type of the results
   * @return what the task returns, or an error, for each image, in order
   */
  public <S extends ImageSource, T> Stream<Outcome<T>> mapEach(
      Stream<S> images, BiFunction<? super S, ? super Image, ? extends T> task) {
    requireOpen();
    return photos.mapped(images, task);
  }
}
