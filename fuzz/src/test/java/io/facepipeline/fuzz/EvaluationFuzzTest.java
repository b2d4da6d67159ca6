package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.internal.DetectionEquality.Recorded;
import io.facepipeline.evaluation.verification.VerificationPairs;
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
    Hostile.read(() -> VerificationPairs.lfw(Hostile.file("pairs.txt", file), IMAGES));
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
