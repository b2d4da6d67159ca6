package io.facepipeline;

import io.facepipeline.internal.Workers;
import io.facepipeline.stages.PhotoStages;
import io.facepipeline.stages.StageWatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Takes many images through the stages, on the pipeline's workers. Thread-safe. */
final class PhotoRun {
  /**
   * Images whose faces are embedded together. A batch of eight crops costs a tenth (MobileFaceNet)
   * to a sixth (FaceNet) less a crop than one alone; more images would only hold more crops.
   */
  private static final int TOGETHER = 4;

  private final PhotoStages stages;
  private final StageWatch watch;
  private final Workers workers;

  /** Throws if an image may not be begun any more. */
  private final Runnable admission;

  PhotoRun(PhotoStages stages, StageWatch watch, Workers workers, Runnable admission) {
    this.stages = stages;
    this.watch = watch;
    this.workers = workers;
    this.admission = admission;
  }

  /** What a task makes of each image, or why it cannot be used. */
  <T> List<Outcome<T>> each(
      List<? extends ImageSource> images, Function<Image, T> task, ProgressListener listener) {
    List<Photo> photos = Photo.of(images);
    List<Outcome<T>> outcomes = new ArrayList<>(Collections.nCopies(photos.size(), null));
    Progress progress = new Progress(photos.size(), listener);
    workers.forEach(
        photos.size(),
        i -> {
          outcomes.set(i, take(photos.get(i), task));
          progress.done(photos.get(i));
        });
    return Collections.unmodifiableList(outcomes);
  }

  /** What a task makes of each image of a stream, in order, a few images ahead of the reader. */
  <T> Stream<Outcome<T>> stream(Stream<? extends ImageSource> images, Function<Image, T> task) {
    return stream(images, (photo, image) -> task.apply(image));
  }

  /** What a task makes of each image of a stream and of its source, as above. */
  @SuppressWarnings("unchecked") // every source comes from the stream; without one nothing loads
  <S extends ImageSource, T> Stream<Outcome<T>> mapped(
      Stream<S> images, BiFunction<? super S, ? super Image, ? extends T> task) {
    return stream(images, (photo, image) -> task.apply((S) photo.source(), image));
  }

  private <T> Stream<Outcome<T>> stream(
      Stream<? extends ImageSource> images, BiFunction<Photo, Image, T> task) {
    PhotoStream<T> run =
        new PhotoStream<>(
            images.iterator(),
            photo ->
                Outcome.of(
                    photo,
                    () -> workers.call(() -> taken(photo, image -> task.apply(photo, image)))),
            workers);
    int order = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(run, order), false)
        .onClose(run::cancel)
        .onClose(images::close);
  }

  /** What a function makes of each image's embedded faces, or why the image cannot be used. */
  <T> List<Outcome<T>> embedEach(
      List<? extends ImageSource> images,
      Function<Image, List<AlignedFace>> cutter,
      FaceEmbedder embedder,
      Function<List<EmbeddedFace>, T> finish,
      ProgressListener listener) {
    List<Photo> photos = Photo.of(images);
    int count = photos.size();
    // Few images are rather spread over the workers than put together.
    int together = Math.max(1, Math.min(TOGETHER, count / (2 * workers.parallelism())));
    List<Outcome<T>> outcomes = new ArrayList<>(Collections.nCopies(count, null));
    Progress progress = new Progress(count, listener);
    workers.forEach(
        (count + together - 1) / together,
        group -> {
          int first = group * together;
          List<Photo> some = photos.subList(first, Math.min(count, first + together));
          List<Outcome<List<AlignedFace>>> crops = new ArrayList<>();
          some.forEach(photo -> crops.add(take(photo, cutter)));
          List<Outcome<List<EmbeddedFace>>> embedded = embedTogether(some, crops, embedder);
          for (int i = 0; i < embedded.size(); i++) {
            Outcome<List<EmbeddedFace>> faces = embedded.get(i);
            outcomes.set(first + i, Outcome.of(some.get(i), () -> finish.apply(faces.get())));
            progress.done(some.get(i));
          }
        });
    return Collections.unmodifiableList(outcomes);
  }

  private <T> Outcome<T> take(Photo photo, Function<Image, T> task) {
    return Outcome.of(photo, () -> taken(photo, task));
  }

  private <T> T taken(Photo photo, Function<Image, T> task) {
    admission.run();
    return task.apply(photo.isLoaded() ? photo.load() : watch.read(photo::load));
  }

  private List<Outcome<List<EmbeddedFace>>> embedTogether(
      List<Photo> photos, List<Outcome<List<AlignedFace>>> crops, FaceEmbedder embedder) {
    List<AlignedFace> all = new ArrayList<>();
    crops.stream().filter(Outcome::isPresent).forEach(o -> all.addAll(o.get()));
    Outcome<List<EmbeddedFace>> embedded =
        Outcome.of(photos.get(0), () -> stages.embed(all, embedder));
    List<Outcome<List<EmbeddedFace>>> result = new ArrayList<>(crops.size());
    int from = 0;
    for (int i = 0; i < crops.size(); i++) {
      Outcome<List<AlignedFace>> image = crops.get(i);
      int first = from;
      from += image.isPresent() ? image.get().size() : 0;
      int end = from;
      // If they fail together, alone: so that one image's faces do not fail the others.
      result.add(
          Outcome.of(
              photos.get(i),
              () ->
                  embedded.isPresent() && !image.get().isEmpty()
                      ? embedded.get().subList(first, end)
                      : stages.embed(image.get(), embedder)));
    }
    return result;
  }

  /** Tells a listener of each image that is done, one at a time. */
  private static final class Progress {
    private final int total;
    private final ProgressListener listener;
    private int done;

    Progress(int total, ProgressListener listener) {
      this.total = total;
      this.listener = listener;
    }

    synchronized void done(Photo photo) {
      listener.progress(++done, total, photo.name());
    }
  }
}
