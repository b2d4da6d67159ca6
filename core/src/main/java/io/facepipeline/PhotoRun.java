package io.facepipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

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
    List<Outcome<T>> outcomes = new ArrayList<>(Collections.nCopies(images.size(), null));
    Progress progress = new Progress(images.size(), listener);
    workers.forEach(
        images.size(),
        i -> {
          outcomes.set(i, take(images.get(i), task));
          progress.done(images.get(i));
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
    int count = images.size();
    // Few images are rather spread over the workers than put together.
    int together = Math.max(1, Math.min(TOGETHER, count / (2 * workers.parallelism())));
    List<Outcome<T>> outcomes = new ArrayList<>(Collections.nCopies(count, null));
    Progress progress = new Progress(count, listener);
    workers.forEach(
        (count + together - 1) / together,
        group -> {
          int first = group * together;
          List<? extends ImageSource> some =
              images.subList(first, Math.min(count, first + together));
          List<Outcome<List<AlignedFace>>> crops = new ArrayList<>();
          some.forEach(image -> crops.add(take(image, cutter)));
          List<Outcome<List<EmbeddedFace>>> embedded = embedTogether(crops, embedder);
          for (int i = 0; i < embedded.size(); i++) {
            Outcome<List<EmbeddedFace>> faces = embedded.get(i);
            outcomes.set(first + i, Outcome.of(faces.name(), () -> finish.apply(faces.get())));
            progress.done(some.get(i));
          }
        });
    return Collections.unmodifiableList(outcomes);
  }

  private static <T> Outcome<T> take(ImageSource image, Function<Image, T> task) {
    return Outcome.of(image.name(), () -> task.apply(image.load()));
  }

  private static List<Outcome<List<EmbeddedFace>>> embedTogether(
      List<Outcome<List<AlignedFace>>> crops, FaceEmbedder embedder) {
    List<AlignedFace> all = new ArrayList<>();
    crops.stream().filter(Outcome::isPresent).forEach(o -> all.addAll(o.get()));
    // Where the model fails, it fails for each of these images.
    Outcome<List<EmbeddedFace>> embedded = Outcome.of("", () -> embed(all, embedder));
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
    List<Embedding> embeddings = embedder.embed(crops);
    List<EmbeddedFace> faces = new ArrayList<>(crops.size());
    for (int i = 0; i < crops.size(); i++) {
      faces.add(new EmbeddedFace(crops.get(i).face(), embeddings.get(i)));
    }
    return Collections.unmodifiableList(faces);
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

    synchronized void done(ImageSource image) {
      listener.progress(++done, total, image.name());
    }
  }
}
