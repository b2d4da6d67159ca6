package io.facepipeline.benchmarks;

import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Detects for a long time and looks at the memory. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Detects faces in photos of changing sizes from several threads; prints throughput and"
            + " resident memory (Linux) as it goes on.")
final class SoakCommand implements Callable<Integer> {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SMALLEST = 40;

  @Option(names = "--detections", description = "How many in all.")
  private int detections = 20_000;

  @Option(names = "--threads", description = "Threads that call the detector.")
  private int threads = 4;

  @Option(names = "--report", description = "Detections between two lines.")
  private int report = 1000;

  @Option(names = "--base", description = "Detections after which the memory is the base.")
  private int base = 2000;

  @Option(names = "--seed", description = "Seed of the sizes.")
  private long seed = 1;

  @Override
  public Integer call() throws Exception {
    Image group = Photos.group();
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    Ledger ledger = new Ledger();
    System.out.printf("%10s %12s %14s%n", "detections", "per second", "resident MiB");
    try (FaceDetector detector = Mtcnn.builder().build()) {
      ExecutorService callers = Executors.newFixedThreadPool(threads);
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Random random = new Random(seed + t);
        running.add(
            callers.submit(
                () -> {
                  while (begun.getAndIncrement() < detections) {
                    detector.detect(part(group, random));
                    ledger.note(done.incrementAndGet());
                  }
                }));
      }
      callers.shutdown();
      for (Future<?> caller : running) {
        caller.get();
      }
    }
    ledger.conclude();
    return 0;
  }

  /** A part of the photo of any size and place. */
  private static Image part(Image photo, Random random) {
    int width = SMALLEST + random.nextInt(photo.width() - SMALLEST);
    int height = SMALLEST + random.nextInt(photo.height() - SMALLEST);
    return photo.crop(
        random.nextInt(photo.width() - width),
        random.nextInt(photo.height() - height),
        width,
        height);
  }

  private final class Ledger {
    private long last = System.nanoTime();
    private double atBase;
    private double now;

    synchronized void note(int done) {
      if (done == base) {
        atBase = residentMebibytes();
      }
      if (done % report == 0) {
        now = residentMebibytes();
        long time = System.nanoTime();
        System.out.printf("%10d %12.1f %14.0f%n", done, report * 1e9 / (time - last), now);
        last = time;
      }
    }

    synchronized void conclude() {
      if (atBase > 0) {
        System.out.printf(
            "resident memory at the end: %.1f %% of that after %,d detections%n",
            100 * now / atBase, base);
      }
    }
  }

  private static double residentMebibytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new FacePipelineException("this system does not tell the resident memory", e);
    }
  }
}
