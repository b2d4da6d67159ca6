package io.facepipeline.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline over many photos, each photo once, as many at a time as the pipeline's
 * parallelism says. A photo that fails has its own error; the rest go on. With a cache, an
 * interrupted run continues where it stopped.
 *
 * <p>Interrupting the calling thread ends a run with a {@link FacePipelineException} after the
 * photos in progress. Immutable and thread-safe. Does not close the pipeline.
 */
public final class EvaluationRun {
  private final FacePipeline pipeline;
  private final ProgressListener listener;
  private final @Nullable KeptPhotos kept;

  private EvaluationRun(
      FacePipeline pipeline, ProgressListener listener, @Nullable KeptPhotos kept) {
    this.pipeline = pipeline;
    this.listener = listener;
    this.kept = kept;
  }

  /**
   * {@return a run without a cache}
   *
   * @param pipeline the pipeline to run
   */
  public static EvaluationRun of(FacePipeline pipeline) {
    return new EvaluationRun(pipeline, ProgressListener.NONE, null);
  }

  /**
   * {@return a run that reports its progress}
   *
   * @param newListener is notified after each photo, by the calling thread
   */
  public EvaluationRun withListener(ProgressListener newListener) {
    return new EvaluationRun(pipeline, newListener, kept);
  }

  /**
   * {@return a run that keeps the results on disk and does not compute them again}
   *
   * <p>The key is the SHA-256 of the photo's bytes together with the settings. Each photo has one
   * file, which is written atomically; a damaged file counts as missing. Processes may share a
   * cache. Embeddings are biometric data: delete the folder when you no longer need it.
   *
   * @param folder its folder; created when the first result is stored
   * @param settings everything but the photo that the results depend on: the models and their
   *     versions, the detector's settings, the face selection. Other settings do not see these
   *     results.
   */
  public EvaluationRun withCache(Path folder, String settings) {
    return new EvaluationRun(pipeline, listener, new KeptPhotos(folder, settings));
  }

  /**
   * Embeds the face of each photo that the pipeline's selection chooses.
   *
   * @param photos the photos; a repeated one is embedded once
   * @return the results in the photos' order
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws FacePipelineException if the cache cannot be used, or the thread was interrupted
   */
  public Map<Path, EvaluatedPhoto> embed(Collection<Path> photos) {
    return each(photos, pipeline::embedOneEach, EvaluationRun::embedded);
  }

  private static EvaluatedPhoto embedded(Path file, Outcome<FaceSelection.Selected> outcome) {
    if (outcome.error().isPresent()) {
      return outcome.error().get() instanceof FaceCountException e && e.faces().isEmpty()
          ? EvaluatedPhoto.detected(file, List.of())
          : failed(file, outcome);
    }
    return EvaluatedPhoto.embedded(file, outcome.get().face(), outcome.get().embedding());
  }

  /**
   * Detects the faces of each photo.
   *
   * @param photos the photos; a repeated one is processed once
   * @return the results in the photos' order
   * @throws FacePipelineException if the cache cannot be used, or the thread was interrupted
   */
  public Map<Path, EvaluatedPhoto> detect(Collection<Path> photos) {
    return each(photos, pipeline::detectEach, EvaluationRun::detected);
  }

  private static EvaluatedPhoto detected(Path file, Outcome<List<Face>> outcome) {
    return outcome.isPresent()
        ? EvaluatedPhoto.detected(file, outcome.get())
        : failed(file, outcome);
  }

  private static EvaluatedPhoto failed(Path file, Outcome<?> outcome) {
    RuntimeException e = outcome.error().orElseThrow();
    // What a stage of others throws is told with its type.
    return EvaluatedPhoto.failed(
        file, e instanceof FacePipelineException ? String.valueOf(e.getMessage()) : e.toString());
  }

  private <T> Map<Path, EvaluatedPhoto> each(
      Collection<Path> photos,
      Function<Stream<PhotoSource>, Stream<Outcome<T>>> task,
      BiFunction<Path, Outcome<T>, EvaluatedPhoto> result) {
    Photos all = new Photos(List.copyOf(new LinkedHashSet<>(photos)));
    int order = Spliterator.ORDERED | Spliterator.NONNULL;
    Stream<PhotoSource> sources =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, order), false);
    try (Stream<Outcome<T>> outcomes = task.apply(sources)) {
      outcomes.forEach(
          outcome -> {
            PhotoSource photo = all.begun.remove();
            EvaluatedPhoto done = result.apply(photo.file, outcome);
            if (kept != null && done.error().isEmpty()) {
              kept.store(photo.key, done);
            }
            all.done(done);
          });
    }
    return all.inOrder();
  }

  /** The photos that the pipeline is to process: those without a kept result, until interrupted. */
  private final class Photos implements Iterator<PhotoSource> {
    private final List<Path> files;
    private final Map<Path, EvaluatedPhoto> results = new HashMap<>();
    private final Deque<PhotoSource> begun = new ArrayDeque<>();
    private int taken;
    private @Nullable PhotoSource ahead;
    private boolean interrupted;

    Photos(List<Path> files) {
      this.files = files;
    }

    @Override
    public boolean hasNext() {
      while (ahead == null && !interrupted && taken < files.size()) {
        if (Thread.interrupted()) {
          interrupted = true;
        } else {
          ahead = source(files.get(taken++));
        }
      }
      return ahead != null;
    }

    @Override
    public PhotoSource next() {
      PhotoSource next = hasNext() ? ahead : null;
      if (next == null) {
        throw new NoSuchElementException();
      }
      ahead = null;
      begun.add(next);
      return next;
    }

    private @Nullable PhotoSource source(Path file) {
      if (kept == null) {
        return new PhotoSource(file, null, "");
      }
      byte[] bytes;
      try {
        bytes = PhotoSource.read(file);
      } catch (FacePipelineException e) {
        done(EvaluatedPhoto.failed(file, String.valueOf(e.getMessage())));
        return null;
      }
      String key = kept.key(bytes);
      EvaluatedPhoto known = kept.find(key, file).orElse(null);
      if (known != null) {
        done(known);
        return null;
      }
      return new PhotoSource(file, bytes, key);
    }

    void done(EvaluatedPhoto photo) {
      results.put(photo.file(), photo);
      listener.progress(results.size(), files.size(), photo.file().toString());
    }

    Map<Path, EvaluatedPhoto> inOrder() {
      if (interrupted) {
        throw new EvaluationInterruptedException(results.size(), files.size());
      }
      Map<Path, EvaluatedPhoto> ordered = new LinkedHashMap<>();
      for (Path file : files) {
        EvaluatedPhoto photo = results.get(file);
        if (photo == null) {
          throw new AssertionError("no outcome of " + file);
        }
        ordered.put(file, photo);
      }
      return ordered;
    }
  }

  /** A photo, and its bytes if they were read to look for it in the cache. */
  private static final class PhotoSource implements ImageSource {
    private final Path file;
    private final byte @Nullable [] bytes;
    private final String key;

    PhotoSource(Path file, byte @Nullable [] bytes, String key) {
      this.file = file;
      this.bytes = bytes;
      this.key = key;
    }

    static byte[] read(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        throw new FacePipelineException("no such file", e);
      } catch (IOException e) {
        throw new FacePipelineException("cannot be read: " + e, e);
      }
    }

    @Override
    public Image load() {
      return Image.read(bytes != null ? bytes : read(file));
    }

    @Override
    public String name() {
      return file.toString();
    }
  }

  /** The result of a pipeline for one photo. Immutable. */
  public static final class EvaluatedPhoto {
    private final Path file;
    private final List<Face> faces;
    private final @Nullable Embedding embedding;
    private final @Nullable String error;

    private EvaluatedPhoto(
        Path file, List<Face> faces, @Nullable Embedding embedding, @Nullable String error) {
      this.file = file;
      this.faces = List.copyOf(faces);
      this.embedding = embedding;
      this.error = error;
    }

    /** A photo in which faces were found. */
    static EvaluatedPhoto detected(Path file, List<Face> faces) {
      return new EvaluatedPhoto(file, faces, null, null);
    }

    /**
     * {@return a photo of which one face was embedded}
     *
     * @param file the photo
     * @param face the face
     * @param embedding its embedding
     */
    public static EvaluatedPhoto embedded(Path file, Face face, Embedding embedding) {
      return new EvaluatedPhoto(file, List.of(face), embedding, null);
    }

    /**
     * {@return a photo that failed}
     *
     * @param file the photo, which the error then names
     * @param message what is wrong with it
     */
    public static EvaluatedPhoto failed(Path file, String message) {
      return new EvaluatedPhoto(file, List.of(), null, file + ": " + message);
    }

    /** {@return the photo} */
    public Path file() {
      return file;
    }

    /** {@return the faces; in an embedding run only the selected face, if there is one} */
    public List<Face> faces() {
      return faces;
    }

    /**
     * {@return the embedding of the selected face; empty if there is no face, or the run only
     * detects}
     */
    public Optional<Embedding> embedding() {
      return Optional.ofNullable(embedding);
    }

    /** {@return why the photo failed; empty if it did not} */
    public Optional<String> error() {
      return Optional.ofNullable(error);
    }
  }
}
