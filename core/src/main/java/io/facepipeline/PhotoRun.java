package io.facepipeline;

import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes many images through the stages, on the pipeline's workers. Thread-safe. */
final class PhotoRun {
  /**
   * Images whose faces are embedded together. A batch of eight crops costs a tenth (MobileFaceNet)
   * to a sixth (FaceNet) less a crop than one alone; more images would only hold more crops.
   */
  private static final int TOGETHER = 4;

  private final Workers workers;

  PhotoRun(Workers workers) {
    this.workers = workers;
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
          List<Outcome<List<EmbeddedFace>>> embedded = embedTogether(crops, embedder);
          for (int i = 0; i < embedded.size(); i++) {
            Outcome<List<EmbeddedFace>> faces = embedded.get(i);
            outcomes.set(first + i, Outcome.of(faces.name(), () -> finish.apply(faces.get())));
            progress.done(some.get(i));
          }
        });
    return Collections.unmodifiableList(outcomes);
  }

  private static <T> Outcome<T> take(Photo photo, Function<Image, T> task) {
    return Outcome.of(photo.name, () -> task.apply(photo.load()));
  }

  private static List<Outcome<List<EmbeddedFace>>> embedTogether(
      List<Outcome<List<AlignedFace>>> crops, FaceEmbedder embedder) {
    List<AlignedFace> all = new ArrayList<>();
    crops.stream().filter(Outcome::isPresent).forEach(o -> all.addAll(o.get()));
    Outcome<List<EmbeddedFace>> embedded = Outcome.of("", () -> embed(all, embedder));
    if (!embedded.isPresent()) {
      // Alone, so that one image's faces do not fail the others.
      return crops.stream()
          .map(one -> Outcome.of(one.name(), () -> embed(one.get(), embedder)))
          .toList();
    }
    List<Outcome<List<EmbeddedFace>>> result = new ArrayList<>(crops.size());
    int from = 0;
    for (Outcome<List<AlignedFace>> image : crops) {
      int first = from;
      from += image.isPresent() ? image.get().size() : 0;
      int end = from;
      result.add(
          Outcome.of(
              image.name(),
              () -> image.get().isEmpty() ? List.of() : embedded.get().subList(first, end)));
    }
    return result;
  }

  /** The crops' faces with their embeddings. */
  static List<EmbeddedFace> embed(List<AlignedFace> crops, FaceEmbedder embedder) {
    if (crops.isEmpty()) {
      return List.of();
    }
    List<Embedding> embeddings = embeddings(crops, embedder);
    List<EmbeddedFace> faces = new ArrayList<>(crops.size());
    for (int i = 0; i < crops.size(); i++) {
      faces.add(new EmbeddedFace(crops.get(i).face(), embeddings.get(i)));
    }
    return Collections.unmodifiableList(faces);
  }

  /** An embedding for each crop, or an exception that names the embedder. */
  static List<Embedding> embeddings(List<AlignedFace> crops, FaceEmbedder embedder) {
    return Answers.listOf(crops.size(), embedder.embed(crops), embedder);
  }

  /** An image of the list and what it is called, which its source may fail to say. */
  private record Photo(@Nullable ImageSource source, String name) {
    static List<Photo> of(List<? extends ImageSource> sources) {
      List<Photo> photos = new ArrayList<>(sources.size());
      for (ImageSource source : sources) {
        photos.add(new Photo(source, name(source, photos.size())));
      }
      return photos;
    }

    private static String name(@Nullable ImageSource source, int index) {
      String name = null;
      try {
        name = source == null ? null : source.name();
      } catch (RuntimeException e) {
        // What it says of the picture is reported; a name it cannot give is no reason to stop.
      }
      return name != null ? name : "image " + (index + 1);
    }

    Image load() {
      if (source == null) {
        throw new FacePipelineException(name + " of the list is null; give an image source");
      }
      Image image = source.load();
      if (image == null) {
        throw new FacePipelineException(
            name + ": its source returned null; it must return a picture or throw");
      }
      return image;
    }
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
      listener.progress(++done, total, photo.name);
    }
  }
}
