package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * What codes save in a large gallery, and that they change no answer. Random vectors would not
 * tell, so the gallery is made of real ones:
 *
 * <pre>
 * build DIR SOURCE FACES FACES_A_PERSON [DIMENSIONS]
 * search DIR SOURCE PROBES THREADS [DIMENSIONS]
 * open DIR SOURCE PROBES THREADS [DIMENSIONS]
 * </pre>
 *
 * <p>{@code SOURCE} is a gallery of real faces. A thousand of its faces are the probes; the others
 * are enrolled, and then mixtures of two, moved by the difference of two more. With {@code
 * DIMENSIONS}, all are projected by a random matrix first. {@code search} asks with and without
 * codes in turn; {@code open} only with, as in a process that has little memory.
 */
public final class GalleryCodes {
  private static final int PROBES = 1_000;
  private static final int BATCH = 10_000;

  /** Faces since a gallery was opened are on the heap, so it is opened again after so many. */
  private static final int REOPEN = 500_000;

  private static final int WARM_UP = 20;
  private static final int SHARED = 16;
  private static final int CANDIDATES = 5;

  private final Path folder;
  private final List<float[]> probes;
  private final List<float[]> base;

  private GalleryCodes(Path folder, Path source, int dimensions) {
    this.folder = folder;
    List<float[]> real = new ArrayList<>();
    try (Gallery gallery = Gallery.in(source).readOnly().open()) {
      gallery.labels().forEach(l -> gallery.embeddings(l).forEach(e -> real.add(e.toArray())));
    }
    Collections.shuffle(real, new Random(7));
    if (dimensions > 0) {
      project(real, dimensions);
    }
    probes = real.subList(0, PROBES);
    base = real.subList(PROBES, real.size());
  }

  /**
   * Builds or searches.
   *
   * @param args as above
   */
  public static void main(String[] args) {
    int dimensions = args.length > 5 ? Integer.parseInt(args[5]) : 0;
    GalleryCodes codes = new GalleryCodes(Path.of(args[1]), Path.of(args[2]), dimensions);
    int count = Integer.parseInt(args[3]);
    int more = Integer.parseInt(args[4]);
    if (args[0].equals("build")) {
      codes.build(count, more);
    } else {
      codes.search(count, more, args[0].equals("search"));
    }
  }

  private static void project(List<float[]> vectors, int dimensions) {
    Random random = new Random(5);
    int from = vectors.get(0).length;
    float[][] matrix = new float[dimensions][from];
    for (float[] row : matrix) {
      for (int d = 0; d < from; d++) {
        row[d] = (float) random.nextGaussian();
      }
    }
    vectors.replaceAll(
        v -> {
          float[] projected = new float[dimensions];
          for (int i = 0; i < dimensions; i++) {
            for (int d = 0; d < from; d++) {
              projected[i] += matrix[i][d] * v[d];
            }
          }
          return projected;
        });
  }

  private void build(int faces, int facesAPerson) {
    SplittableRandom random = new SplittableRandom(3);
    int done = 0;
    while (done < faces) {
      try (Gallery gallery =
          Gallery.in(folder).model(card()).threshold(0.5f).codesFrom(Integer.MAX_VALUE).open()) {
        int end = Math.min(faces, done + REOPEN);
        while (done < end) {
          Map<String, List<Embedding>> batch = new LinkedHashMap<>();
          for (int i = 0; i < BATCH && done < end; i++, done++) {
            float[] vector = done < base.size() ? base.get(done) : mixture(random);
            batch
                .computeIfAbsent("person " + done / facesAPerson, label -> new ArrayList<>())
                .add(Embedding.of(gallery.fingerprint(), vector));
          }
          List<Enrollment> enrollments = new ArrayList<>();
          batch.forEach((label, some) -> enrollments.add(Enrollment.of(label, some)));
          gallery.enrollAll(enrollments);
        }
        System.out.println(gallery);
      }
    }
  }

  private float[] mixture(SplittableRandom random) {
    float[] a = base.get(random.nextInt(base.size()));
    float[] b = base.get(random.nextInt(base.size()));
    float[] c = base.get(random.nextInt(base.size()));
    float[] d = base.get(random.nextInt(base.size()));
    float share = (float) (0.3 + 0.6 * random.nextDouble());
    float[] vector = new float[a.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = share * a[i] + (1 - share) * b[i] + 0.15f * (c[i] - d[i]);
    }
    return vector;
  }

  private void search(int count, int threads, boolean compare) {
    long start = System.nanoTime();
    try (Gallery coded = Gallery.in(folder).parallelism(threads).codesFrom(1).open()) {
      report("opened with codes", List.of(since(start)));
      if (!compare) {
        ask(coded, coded, count);
        return;
      }
      start = System.nanoTime();
      try (Gallery plain =
          Gallery.in(folder).readOnly().parallelism(threads).codesFrom(Integer.MAX_VALUE).open()) {
        report("opened without", List.of(since(start)));
        ask(coded, plain, count);
      }
    }
  }

  private void ask(Gallery coded, Gallery plain, int count) {
    List<Embedding> all =
        probes.stream().limit(count).map(p -> Embedding.of(coded.fingerprint(), p)).toList();
    List<Double> with = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    int different = 0;
    for (Embedding probe : all) {
      Object found = timed(with, () -> coded.search(probe, CANDIDATES));
      if (plain != coded) {
        different += found.equals(timed(without, () -> plain.search(probe, CANDIDATES))) ? 0 : 1;
      }
    }
    report("one probe, with codes", with);
    report("one probe, without", without);
    with.clear();
    without.clear();
    GalleryQuery query = GalleryQuery.top(CANDIDATES);
    for (int from = 0; from + SHARED <= Math.min(all.size(), 40 * SHARED); from += SHARED) {
      List<Embedding> some = all.subList(from, from + SHARED);
      Object found = timed(with, () -> coded.searchAll(some, query));
      if (plain != coded) {
        different += found.equals(timed(without, () -> plain.searchAll(some, query))) ? 0 : 1;
      }
    }
    report("sixteen probes, with codes", with);
    report("sixteen probes, without", without);
    System.out.println(different + " answers differ");
  }

  private static Object timed(List<Double> milliseconds, Supplier<Object> search) {
    long start = System.nanoTime();
    Object found = search.get();
    milliseconds.add(since(start));
    return found;
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static void report(String what, List<Double> milliseconds) {
    int warm = milliseconds.size() > 2 * WARM_UP ? WARM_UP : 0;
    double[] sorted = milliseconds.stream().skip(warm).mapToDouble(m -> m).sorted().toArray();
    if (sorted.length > 0) {
      System.out.printf(
          Locale.ROOT,
          "%s: median %.1f ms, least %.1f, nine of ten within %.1f (%d times)%n",
          what,
          sorted[sorted.length / 2],
          sorted[0],
          sorted[sorted.length * 9 / 10],
          sorted.length);
    }
  }

  private ModelCard card() {
    return ModelCard.builder("real")
        .embeddingSize(base.get(0).length)
        .crop(CropSpec.arcFace(112))
        .build();
  }
}
