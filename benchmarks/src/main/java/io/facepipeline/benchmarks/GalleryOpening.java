package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How long a large gallery takes to open, and how much memory the process then holds: {@code build
 * DIR FACES} makes one of 512 dimensions and one face a person, {@code open DIR} opens it. JMH does
 * not fit: each opening wants a process of its own.
 */
public final class GalleryOpening {
  private static final int DIMENSIONS = 512;
  private static final int BATCH = 10_000;

  private GalleryOpening() {}

  /**
   * Builds or opens.
   *
   * @param args {@code build DIR FACES} or {@code open DIR}
   * @throws IOException if the process's memory cannot be asked for
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    if (args[0].equals("build")) {
      build(folder, Integer.parseInt(args[2]));
      return;
    }
    long start = System.nanoTime();
    try (Gallery gallery = Gallery.open(folder)) {
      double seconds = (System.nanoTime() - start) / 1e9;
      long opened = resident();
      Embedding probe = embedding(new SplittableRandom(9), card().fingerprint());
      for (int i = 0; i < 20; i++) {
        gallery.classify(probe);
      }
      System.out.printf(
          Locale.ROOT,
          "%s: opened in %.2f s, %.2f GB resident; %.2f GB after 20 searches, %.2f GB at most%n",
          gallery,
          seconds,
          opened / 1e6,
          resident() / 1e6,
          kilobytes("VmHWM:") / 1e6);
    }
  }

  private static void build(Path folder, int faces) {
    SplittableRandom random = new SplittableRandom(1);
    try (Gallery gallery = Gallery.in(folder).model(card()).threshold(0.5f).open()) {
      String model = gallery.fingerprint();
      for (int done = 0; done < faces; done += BATCH) {
        List<Enrollment> batch = new ArrayList<>();
        for (int i = done; i < Math.min(faces, done + BATCH); i++) {
          batch.add(Enrollment.of("person " + i, List.of(embedding(random, model))));
        }
        gallery.enrollAll(batch);
      }
      long start = System.nanoTime();
      gallery.compact(ProgressListener.NONE);
      System.out.printf(
          Locale.ROOT, "%s, compacted in %.1f s%n", gallery, (System.nanoTime() - start) / 1e9);
    }
  }

  private static ModelCard card() {
    return ModelCard.builder("random")
        .embeddingSize(DIMENSIONS)
        .crop(CropSpec.arcFace(112))
        .build();
  }

  private static Embedding embedding(SplittableRandom random, String model) {
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (random.nextDouble() - 0.5);
    }
    return Embedding.of(model, vector);
  }

  private static long resident() throws IOException {
    return kilobytes("VmRSS:");
  }

  /** A line of what Linux tells of a process, in units of 1000 bytes. */
  private static long kilobytes(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1000)
        .findFirst()
        .orElseThrow();
  }
}
