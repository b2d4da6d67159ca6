package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.evaluation.crops.BcolzCrops;
import io.facepipeline.evaluation.crops.PickledCrops;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.internal.DetectionEquality.Recorded;
import io.facepipeline.evaluation.verification.FacePair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs and ground truth. */
final class EvaluationFuzzTest {
  private static final Path IMAGES = images();

  private static Path images() {
    Hostile.file("images/ada/ada_0001.jpg", new byte[1]);
    Hostile.file("images/ada/ada_0002.jpg", new byte[1]);
    return Hostile.file("images/bob/bob_0001.jpg", new byte[1]).resolve("../..").normalize();
  }

  static Stream<byte[]> pairsFiles() {
    return Stream.of("1\t1\nada\t1\t2\nada\t1\tbob\t1\n", "1\nada\t1\t2\nada\t1\tbob\t1\n")
        .map(s -> s.getBytes(StandardCharsets.UTF_8));
  }

  /** A list of pairs in LFW's format. */
  @MethodSource("pairsFiles")
  @FuzzTest
  void pairs(byte[] file) {
    Hostile.read(() -> FacePair.lfw(Hostile.file("pairs.txt", file), IMAGES));
  }

  static Stream<byte[]> pickles() {
    return Stream.of(
            // Protocol 3, of two empty pictures; protocol 0, of Python 2.
            "\u0080\u0003](C\u0000C\u0000e](\u0088e\u0086.",
            "((lp0\nS'\\xff\\x00\\n'\np1\nag1\na(lp2\nI01\natp3\n.")
        .map(s -> s.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A set of InsightFace's: pictures and booleans in a pickle. */
  @MethodSource("pickles")
  @FuzzTest
  void pickledCrops(byte[] file) {
    Hostile.read(
        () -> {
          try (PickledCrops crops = PickledCrops.open(Hostile.file("set.bin", file))) {
            crops.crop(0);
          }
        });
  }

  /** Two crops of 2x2 pixels, as they are and by LZ4. */
  static Stream<byte[]> chunks() {
    byte[] head = "blpk\u0001\0\0\0\u0001\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer copied = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    copied.put(head).put(new byte[] {2, 1, 2, 4}).putInt(96).putInt(96).putInt(112);
    ByteBuffer lz4 = ByteBuffer.allocate(47).order(ByteOrder.LITTLE_ENDIAN);
    lz4.put(head).put(new byte[] {2, 1, 1 | 1 << 5, 4}).putInt(96).putInt(96).putInt(31);
    // One literal, 91 bytes more of the same, and four literals.
    lz4.putInt(20).putInt(7).put(new byte[] {0x1f, 0, 1, 0, 72, 0x40, 0});
    return Stream.of(copied.array(), lz4.array());
  }

  /** A chunk of one of face.evoLVe's sets. */
  @MethodSource("chunks")
  @FuzzTest
  void bcolzChunk(byte[] file) {
    byte[] list = "\u0093NUMPY\u0001\0:\0".getBytes(StandardCharsets.ISO_8859_1);
    String header = "{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }";
    ByteBuffer npy = ByteBuffer.allocate(list.length + 58 + 1);
    npy.put(list).put(String.format("%-57s\n", header).getBytes(StandardCharsets.ISO_8859_1));
    Hostile.file("bcolz/set_list.npy", npy.array());
    Hostile.file(
        "bcolz/set/meta/sizes", "{\"shape\": [2, 3, 2, 2]}".getBytes(StandardCharsets.UTF_8));
    Hostile.file(
        "bcolz/set/meta/storage",
        "{\"dtype\": \"float32\", \"chunklen\": 2}".getBytes(StandardCharsets.UTF_8));
    Path chunk = Hostile.file("bcolz/set/data/__0.blp", file);
    Hostile.read(
        () -> {
          try (BcolzCrops crops = BcolzCrops.open(chunk.getParent().getParent())) {
            crops.crop(1);
          }
        });
  }

  static Stream<byte[]> ellipseLists() {
    return Stream.of(
        "2002/08/11/big/img_591\n1\n123.58 85.54 1.265 269.69 161.78  1\n"
            .getBytes(StandardCharsets.UTF_8));
  }

  /** One of FDDB's ellipse lists. */
  @MethodSource("ellipseLists")
  @FuzzTest
  void ellipses(byte[] file) {
    Hostile.read(() -> AnnotatedFace.read(Hostile.file("ellipses.txt", file)));
  }

  static Stream<byte[]> truths() {
    return Stream.of(
            "[{\"file\":\"a.jpg\",\"ellipses\":[[9,7,1.2,20,30]],\"boxes\":[[1,2,3,4]]}]",
            "{\"images\":{\"a.jpg\":{\"faces\":[{\"box\":[1,2,3,4],\"landmarks\":"
                + "[[1,1],[2,1],[1.5,2],[1,3],[2,3]]}]}}}")
        .map(s -> s.getBytes(StandardCharsets.UTF_8));
  }

  /** Annotations as JSON. */
  @MethodSource("truths")
  @FuzzTest
  void truth(byte[] file) {
    Hostile.read(() -> AnnotatedFace.read(Hostile.file("truth.json", file)));
  }

  static Stream<byte[]> detections() {
    return Stream.of(
            "[{\"image\":\"a.jpg\",\"faces\":[{\"box\":[1,2,3,4],\"score\":0.9,\"landmarks\":"
                + "[[1,1],[2,1],[1.5,2],[1,3],[2,3]]}]}]")
        .map(s -> s.getBytes(StandardCharsets.UTF_8));
  }

  /** What a detector found, as JSON. */
  @MethodSource("detections")
  @FuzzTest
  void detected(byte[] file) {
    Hostile.read(() -> Recorded.read(Hostile.file("detected.json", file)));
  }
}
