package io.facepipeline.gallery;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.gallery.GalleryScript.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Kills a process that writes to a gallery, again and again, and looks what is left. The writer
 * tells on a pipe what it begins and what was acknowledged; after it was killed, the gallery must
 * hold what was acknowledged, and the change that had begun wholly or not at all; and a search over
 * the codes in the folder, which the writer makes when it opens and compacts, must find what a
 * search without them does.
 *
 * <p>The long form: {@code java -cp … io.facepipeline.gallery.CrashRounds 200}.
 */
final class CrashRounds {
  private CrashRounds() {}

  /** What the rounds met. */
  record Report(
      int kills, long acknowledged, int inFlightThere, int inFlightAbsent, int cut, int leftovers) {
    @Override
    public String toString() {
      return kills
          + " kills, "
          + acknowledged
          + " changes acknowledged and all there; of the changes that were under way "
          + inFlightThere
          + " were there wholly and "
          + inFlightAbsent
          + " not at all; "
          + cut
          + " unfinished ends cut off, "
          + leftovers
          + " unfinished compactions cleared away";
    }
  }

  /** Runs the long form. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("write")) {
      write(Path.of(args[1]), Long.parseLong(args[2]));
      return;
    }
    Path folder = Files.createTempDirectory("gallery-crash");
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    System.out.println(run(folder, Integer.parseInt(args[0]), seed));
  }

  static ModelCard card() {
    return ModelCard.builder("script")
        .embeddingSize(GalleryScript.DIMENSIONS)
        .crop(CropSpec.arcFace(112))
        .sourceSha256("0123456789abcdef")
        .build();
  }

  static Gallery open(Path folder) {
    return Gallery.in(folder).model(card()).threshold(0.5f).codesFrom(1).open();
  }

  private static void requireSameAnswers(Path folder, Gallery coded) {
    GalleryQuery query = GalleryQuery.top(5);
    List<Embedding> probes = IntStream.range(0, 40).mapToObj(GalleryScript::face).toList();
    try (Gallery plain = Gallery.in(folder).readOnly().codesFrom(Integer.MAX_VALUE).open()) {
      List<List<Candidate>> expected = plain.searchAll(probes, query);
      List<List<Candidate>> found = coded.searchAll(probes, query);
      if (!found.equals(expected)) {
        throw new AssertionError("with codes " + found + " are found, without " + expected);
      }
    }
  }

  static Report run(Path folder, int kills, long seed) throws Exception {
    Contents contents = new Contents();
    Random random = new Random(seed);
    long acknowledged = 0;
    int there = 0;
    int absent = 0;
    int cut = 0;
    int leftovers = 0;
    for (int kill = 0; kill < kills; kill++) {
      long scriptSeed = seed * 1_000_003 + kill;
      List<Step> steps = GalleryScript.steps(scriptSeed, 2_000);
      int[] done = kill(folder, scriptSeed, random);
      for (Step step : steps.subList(0, done[0])) {
        step.run(contents);
      }
      acknowledged += done[0];
      Contents after = contents.copy();
      if (done[1] > done[0]) {
        steps.get(done[0]).run(after);
      }
      try (Gallery gallery = open(folder)) {
        Contents found = Contents.of(gallery);
        boolean withoutLast = found.sameAs(contents);
        if (!withoutLast && !found.sameAs(after)) {
          throw new AssertionError(
              "after kill "
                  + kill
                  + " of seed "
                  + seed
                  + " with "
                  + done[0]
                  + " changes acknowledged and "
                  + done[1]
                  + " begun, the gallery holds "
                  + found
                  + " and should hold "
                  + contents
                  + " or "
                  + after);
        }
        if (done[1] > done[0] && !contents.sameAs(after)) {
          there += withoutLast ? 0 : 1;
          absent += withoutLast ? 1 : 0;
        }
        requireSameAnswers(folder, gallery);
        contents = found;
        GalleryRecovery recovery = gallery.recovery().orElseThrow();
        cut += recovery.bytesCut() > 0 ? 1 : 0;
        leftovers += recovery.leftovers().isEmpty() ? 0 : 1;
      }
    }
    return new Report(kills, acknowledged, there, absent, cut, leftovers);
  }

  /** Starts a writer, kills it, and says how many changes it had acknowledged and begun. */
  private static int[] kill(Path folder, long seed, Random random) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                CrashRounds.class.getName(),
                "write",
                folder.toString(),
                String.valueOf(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int acknowledged = 0;
    int begun = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
      int killAfter = random.nextInt(120);
      long wait = (long) (random.nextDouble() * 3_000_000);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("begin")) {
          begun++;
        } else if (line.equals("done")) {
          acknowledged++;
        }
        if (begun > killAfter) {
          // At some moment of a change, not just after its first line.
          LockSupport.parkNanos(wait);
          // SIGKILL; the handle leaves the pipe open, in which acknowledgements may still be.
          writer.toHandle().destroyForcibly();
          killAfter = Integer.MAX_VALUE;
        }
      }
      if (killAfter != Integer.MAX_VALUE) {
        throw new AssertionError("the writer ended by itself after " + acknowledged + " changes");
      }
    } finally {
      writer.destroyForcibly();
    }
    if (!writer.waitFor(1, TimeUnit.MINUTES)) {
      throw new AssertionError("the writer did not die");
    }
    return new int[] {acknowledged, begun};
  }

  private static void write(Path folder, long seed) throws IOException {
    try (Gallery gallery = open(folder)) {
      for (Step step : GalleryScript.steps(seed, 2_000)) {
        System.out.write("begin\n".getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
        step.run(gallery);
        System.out.write("done\n".getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
      }
    }
  }
}
