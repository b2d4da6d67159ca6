package io.facepipeline.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Galleries in folders. */
final class GalleryFuzzTest {
  private static final ModelCard CARD =
      ModelCard.builder("tiny").embeddingSize(2).crop(CropSpec.margin(8, 0)).build();
  private static final String LOG = "faces.log";
  private static final String END = "faces.end";
  private static final int HEADER = 32;
  private static final int SALT_AT = HEADER + Integer.BYTES;
  private static final int STATE = 64;
  private static final int SECTORS = 1024;

  private static Embedding face(float x, float y) {
    return Embedding.of(CARD.fingerprint(), new float[] {x, y});
  }

  private static Path made() {
    Path folder = Hostile.emptyFolder("seed");
    try (Gallery gallery = Gallery.in(folder).model(CARD).threshold(0.5f).open()) {
      gallery.enrollAll(
          List.of(
              new Enrollment("ada", List.of(face(1, 0), face(0.8f, 0.6f)), Map.of("k", "v")),
              Enrollment.of("bob", List.of(face(0, 1)))));
      gallery.enroll("eve", List.of(face(-1, 0)));
      gallery.setMetadata("eve", Map.of("team", "engines"));
      gallery.merge("eve", "bob");
      gallery.removeFace(gallery.faces("ada").get(0).id());
      gallery.remove("bob");
    }
    return folder;
  }

  static Stream<byte[]> logs() throws IOException {
    return Stream.of(Files.readAllBytes(made().resolve(LOG)));
  }

  static Stream<byte[]> ends() throws IOException {
    return Stream.of(Files.readAllBytes(made().resolve(END)));
  }

  /** Opens it, looks at everything, changes it, and finds all that again after opening it anew. */
  private static void open(Path folder) {
    Hostile.read(
        () -> {
          List<String> labels;
          try (Gallery gallery = Gallery.in(folder).model(CARD).open()) {
            gallery.labels().forEach(gallery::embeddings);
            gallery.search(face(1, 0), 3);
            gallery.enroll("zoe", List.of(face(0.6f, 0.8f)));
            labels = gallery.labels();
          }
          try (Gallery again = Gallery.in(folder).model(CARD).open()) {
            if (!again.labels().equals(labels)) {
              throw new AssertionError(labels + " became " + again.labels());
            }
          }
        });
  }

  /** A log as it is, without the file that says how far it reaches. */
  @MethodSource("logs")
  @FuzzTest
  void log(byte[] log) {
    Path folder = Hostile.emptyFolder("hostile");
    Hostile.file("hostile/" + LOG, log);
    open(folder);
  }

  /** The file that says how far a log reaches. */
  @MethodSource("ends")
  @FuzzTest
  void end(byte[] end) throws IOException {
    Path log = made().resolve(LOG);
    Path folder = Hostile.emptyFolder("hostile");
    Hostile.file("hostile/" + LOG, Files.readAllBytes(log));
    Hostile.file("hostile/" + END, end);
    open(folder);
  }

  /** A log whose records have right numbers and checksums, and an end that fits. */
  @MethodSource("logs")
  @FuzzTest
  void records(byte[] log) {
    Path folder = Hostile.emptyFolder("hostile");
    byte[] mended = log.clone();
    byte[] end = mend(mended);
    Hostile.file("hostile/" + LOG, mended);
    Hostile.file("hostile/" + END, end);
    open(folder);
  }

  /** The fuzzer looks behind the checksums only if mending them gives a gallery that opens. */
  @Test
  void mendingChangesNothingInOrder() throws IOException {
    byte[] log = Files.readAllBytes(made().resolve(LOG));
    byte[] mended = log.clone();
    byte[] end = mend(mended);
    assertArrayEquals(log, mended);
    Path folder = Hostile.emptyFolder("hostile");
    Hostile.file("hostile/" + LOG, mended);
    Hostile.file("hostile/" + END, end);
    try (Gallery gallery = Gallery.in(folder).model(CARD).open()) {
      assertEquals(List.of("ada"), gallery.labels());
    }
  }

  /** Puts numbers, chain and checksums right as far as there are records, and makes the end. */
  private static byte[] mend(byte[] log) {
    ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
    long salt = log.length < SALT_AT + Long.BYTES ? 0 : bytes.getLong(SALT_AT);
    int at = 0;
    int before = 0;
    long number = 0;
    while (at + HEADER <= log.length) {
      int payload = bytes.getInt(at + 8);
      if (payload < 0 || payload > log.length - at - HEADER) {
        break;
      }
      CRC32C crc = new CRC32C();
      crc.update(log, at + HEADER, payload);
      bytes.putInt(at + 12, (int) crc.getValue()).putLong(at + 16, number).putInt(at + 24, before);
      crc.reset();
      ByteBuffer salted = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      crc.update(salted.putLong(0, number == 0 ? 0 : salt));
      crc.update(log, at, 28);
      before = (int) crc.getValue();
      bytes.putInt(at + 28, before);
      at += HEADER + (payload + 7) / 8 * 8;
      number++;
    }
    ByteBuffer end = ByteBuffer.allocate(SECTORS).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x45475046).putInt(before).putLong(1).putLong(salt).putLong(at).putLong(number);
    CRC32C crc = new CRC32C();
    crc.update(end.array(), 0, STATE - 4);
    end.putInt(STATE - 4, (int) crc.getValue());
    return end.array();
  }
}
