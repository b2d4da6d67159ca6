package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.provider.MethodSource;

/** People and their faces from CSV and NPZ files. */
final class TransferFuzzTest {
  private static final ModelCard CARD =
      ModelCard.builder("tiny").embeddingSize(2).crop(CropSpec.margin(8, 0)).build();
  private static final float THRESHOLD = 0.5f;

  private static Gallery gallery() {
    return Gallery.inMemory(CARD, THRESHOLD);
  }

  private static byte[] exported(String name) throws IOException {
    try (Gallery gallery = gallery()) {
      gallery.enrollAll(
          List.of(
              new Enrollment("ada", List.of(face(1, 0), face(0.8f, 0.6f)), Map.of("k", "v,\"w")),
              Enrollment.of("bob", List.of(face(0, 1)))));
      Path file = Hostile.file(name, new byte[0]);
      gallery.exportTo(file, ProgressListener.NONE);
      return Files.readAllBytes(file);
    }
  }

  private static Embedding face(float x, float y) {
    return Embedding.of(CARD.fingerprint(), new float[] {x, y});
  }

  /** Whatever comes in goes out again and comes in again as it was. */
  private static void roundTrip(String name, byte[] content) {
    Hostile.read(
        () -> {
          try (Gallery gallery = gallery();
              Gallery again = gallery()) {
            gallery.importFrom(Hostile.file(name, content), ProgressListener.NONE);
            for (String form : List.of("again.csv", "again.npz")) {
              Path file = Hostile.file(form, new byte[0]);
              gallery.exportTo(file, ProgressListener.NONE);
              again.labels().forEach(again::remove);
              again.importFrom(file, ProgressListener.NONE);
              if (!again.labels().equals(gallery.labels())) {
                throw new AssertionError(
                    form + " made " + again.labels() + " of " + gallery.labels());
              }
            }
          }
        });
  }

  static Stream<byte[]> csvFiles() throws IOException {
    return Stream.of(exported("seed.csv"));
  }

  /** A CSV file. */
  @MethodSource("csvFiles")
  @FuzzTest
  void csv(byte[] file) {
    roundTrip("hostile.csv", file);
  }

  static Stream<byte[]> npzFiles() throws IOException {
    return Stream.of(exported("seed.npz"));
  }

  /** An NPZ file as it is. */
  @MethodSource("npzFiles")
  @FuzzTest
  void npz(byte[] file) {
    roundTrip("hostile.npz", file);
  }

  private static Map<String, byte[]> members() throws IOException {
    Path file = Hostile.file("members.npz", exported("seed.npz"));
    Map<String, byte[]> members = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        members.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return members;
  }

  static Stream<byte[]> npzMembers() throws IOException {
    return members().entrySet().stream()
        .map(
            e -> {
              byte[] name = (e.getKey() + '\n').getBytes(StandardCharsets.UTF_8);
              byte[] seed = new byte[name.length + e.getValue().length];
              System.arraycopy(name, 0, seed, 0, name.length);
              System.arraycopy(e.getValue(), 0, seed, name.length, e.getValue().length);
              return seed;
            });
  }

  /** One array of an NPZ file that is in order otherwise: its name, a line feed, its bytes. */
  @MethodSource("npzMembers")
  @FuzzTest
  void npzMember(byte[] member) throws IOException {
    int end = 0;
    while (end < member.length && member[end] != '\n') {
      end++;
    }
    if (end == member.length) {
      return;
    }
    Map<String, byte[]> members = new LinkedHashMap<>(members());
    String name = new String(member, 0, end, StandardCharsets.UTF_8);
    if (members.containsKey(name)) {
      members.put(name, java.util.Arrays.copyOfRange(member, end + 1, member.length));
      roundTrip("hostile.npz", CheckpointFuzzTest.zip(members));
    }
  }
}
