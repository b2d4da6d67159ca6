package io.facepipeline.evaluation;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline over many photos on all cores, each photo once. A photo that fails has its own
 * error; the rest go on. Results in a {@link PhotoCache} are not computed again.
 *
 * <p>Interrupting the calling thread ends the run with an {@link EvaluationInterruptedException}
 * after the photos in progress. Thread-safe. Does not close the pipeline.
 */
public final class PhotoRun {
  /** Between two of these the run looks whether it was interrupted. */
  private static final int PHOTOS_AT_A_TIME = 128;

  private final FacePipeline pipeline;
  private final int threads;
  private final @Nullable PhotoCache cache;
  private final ProgressListener listener;

  /**
   * Creates a run without a cache.
   *
   * @param pipeline the pipeline to run
   * @param threads how many photos to process at a time, 1 to 1024
   * @param listener is notified after each photo
   */
  public PhotoRun(FacePipeline pipeline, int threads, ProgressListener listener) {
    this(pipeline, threads, listener, null);
  }

  /**
   * Creates a run.
   *
   * @param pipeline the pipeline to run
   * @param threads how many photos to process at a time, 1 to 1024
   * @param listener is notified after each photo
   * @param cache the cache of results, created for the pipeline's models and settings; null for
   *     none
   */
  public PhotoRun(
      FacePipeline pipeline, int threads, ProgressListener listener, @Nullable PhotoCache cache) {
    this.pipeline = pipeline;
    this.threads = threads;
    this.listener = listener;
    this.cache = cache;
  }

  /**
   * Embeds one face of each photo.
   *
   * @param photos the photos; a repeated one is embedded once
   * @param selection selects the face
   * @return the results in the photos' order
   * @throws EvaluationInterruptedException if the thread was interrupted
   */
  public Map<Path, EvaluatedPhoto> embed(Collection<Path> photos, FaceSelection selection) {
    return each(
        photos,
        image -> {
          List<Face> meant =
              selection.select(pipeline.detect(image), image.width(), image.height()).stream()
                  .toList();
          return pipeline.embed(image, meant).stream().map(FoundFace::of).toList();
        });
  }

  /**
   * Detects the faces of each photo.
   *
   * @param photos the photos; a repeated one is processed once
   * @return the results in the photos' order
   * @throws EvaluationInterruptedException if the thread was interrupted
   */
  public Map<Path, EvaluatedPhoto> detect(Collection<Path> photos) {
    return each(photos, image -> pipeline.detect(image).stream().map(FoundFace::of).toList());
  }

  private Map<Path, EvaluatedPhoto> each(
      Collection<Path> photos, Function<Image, List<FoundFace>> task) {
    List<Path> files = List.copyOf(new LinkedHashSet<>(photos));
    EvaluatedPhoto[] results = new EvaluatedPhoto[files.size()];
    AtomicInteger done = new AtomicInteger();
    Object turn = new Object();
    try (Workers workers = new Workers(threads)) {
      for (int from = 0; from < results.length; from += PHOTOS_AT_A_TIME) {
        if (Thread.interrupted()) {
          throw new EvaluationInterruptedException(from, results.length);
        }
        int start = from;
        workers.forEach(
            Math.min(PHOTOS_AT_A_TIME, results.length - from),
            i -> {
              Path file = files.get(start + i);
              results[start + i] = one(file, task);
              synchronized (turn) {
                listener.progress(done.incrementAndGet(), results.length, file.toString());
              }
            });
      }
    }
    Map<Path, EvaluatedPhoto> byFile = new LinkedHashMap<>();
    for (EvaluatedPhoto result : results) {
      byFile.put(result.file(), result);
    }
    return byFile;
  }

  private EvaluatedPhoto one(Path file, Function<Image, List<FoundFace>> task) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new EvaluatedPhoto(file, List.of(), file + ": no such file");
    } catch (IOException e) {
      return new EvaluatedPhoto(file, List.of(), file + ": cannot be read: " + e);
    }
    // Outside of what is caught below: a cache that cannot be used is no fault of the photo.
    String hash = cache == null ? "" : PhotoCache.sha256(bytes);
    List<FoundFace> found = cache == null ? null : cache.find(hash).orElse(null);
    if (found == null) {
      try {
        found = task.apply(Image.read(bytes));
      } catch (FacePipelineException e) {
        return new EvaluatedPhoto(file, List.of(), file + ": " + e.getMessage());
      } catch (RuntimeException e) {
        // Whatever a stage of others throws is told of this photo, with its type.
        return new EvaluatedPhoto(file, List.of(), file + ": " + e);
      }
      if (cache != null) {
        cache.store(hash, found);
      }
    }
    return new EvaluatedPhoto(file, found, null);
  }
}
