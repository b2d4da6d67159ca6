package io.facepipeline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.internal.FaceSuppression;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every {@link FaceDetector} must do. A test class extends this and says how to make one. The
 * photos are those of the sample album, in which nobody is real.
 */
public abstract class FaceDetectorContract {
  /** {@return a detector that finds the faces of the sample album; the caller closes it} */
  protected abstract FaceDetector detector();

  /**
   * {@return a detector that finds the same with so many threads; empty if it has no such setting}
   *
   * @param threads how many
   */
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.empty();
  }

  @Test
  void findsEveryoneInAGroupPhotoLargestFirst() {
    try (FaceDetector detector = detector()) {
      List<Face> faces = detector.detect(group());
      assertEquals(4, faces.size(), faces.toString());
      for (int i = 0; i < faces.size(); i++) {
        Face face = faces.get(i);
        assertTrue(face.score() > 0 && face.score() <= 1, face.toString());
        assertTrue(
            face.landmarks().leftEye().x() < face.landmarks().rightEye().x(), face.toString());
        assertTrue(face.landmarks().nose().y() < face.landmarks().leftMouth().y());
        assertTrue(i == 0 || face.box().area() <= faces.get(i - 1).box().area());
      }
    }
  }

  @Test
  void findsNobodyWhereNobodyIs() {
    try (FaceDetector detector = detector()) {
      assertEquals(List.of(), detector.detect(Image.read(SharedData.album("groups/nobody.jpg"))));
      assertEquals(List.of(), detector.detect(plain(200, 150)));
    }
  }

  @Test
  void takesImagesOfAnySize() {
    try (FaceDetector detector = detector()) {
      for (int[] size : new int[][] {{1, 1}, {5, 400}, {11, 12}, {12, 12}, {13, 64}, {401, 7}}) {
        Image noise = noise(size[0], size[1]);
        assertTrue(detector.detect(noise).size() < 1000, noise.toString());
      }
    }
  }

  @Test
  void keepsTheOrderOfSeveralImages() {
    try (FaceDetector detector = detector()) {
      Image group = group();
      List<List<Face>> all = detector.detectAll(List.of(plain(50, 50), group, plain(60, 40)));
      assertEquals(List.of(List.of(), detector.detect(group), List.of()), all);
    }
  }

  @Test
  void answersManyThreadsAlike() throws Exception {
    try (FaceDetector detector = detector()) {
      Image group = group();
      List<Face> expected = detector.detect(group);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<List<Face>>> answers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        answers.add(threads.submit(() -> detector.detect(group)));
      }
      for (Future<List<Face>> answer : answers) {
        assertEquals(expected, answer.get());
      }
      threads.shutdown();
    }
  }

  @Test
  void findsNoFaceTwice() {
    try (FaceDetector detector = detector()) {
      for (AlbumViews.View view : AlbumViews.of("ada", "bao", "dalia", "emil", "fatima", "goro")) {
        List<Face> faces = detector.detect(view.image());
        long around = faces.stream().filter(f -> view.isAroundTheNose(f.box())).count();
        assertTrue(around <= 1, view + ": " + around + " results around one nose: " + faces);
        for (int i = 0; i < faces.size(); i++) {
          for (int k = 0; k < i; k++) {
            assertFalse(FaceSuppression.isSame(faces.get(i), faces.get(k)), view + ": " + faces);
          }
        }
      }
    }
  }

  @Test
  void doesNotHangOnTheImagesBefore() {
    try (FaceDetector detector = detector()) {
      List<Image> images =
          List.of(group(), noise(300, 200), group().resized(200, 150), portrait(), plain(64, 64));
      List<List<Face>> first = images.stream().map(detector::detect).toList();
      List<Image> reversed = reversed(images);
      assertEquals(reversed(first), reversed.stream().map(detector::detect).toList());
      assertEquals(reversed(first), detector.detectAll(reversed));
    }
  }

  @Test
  void severalThreadsMayShowDifferentImages() {
    try (FaceDetector detector = detector()) {
      List<Image> images =
          List.of(group(), noise(300, 200), group().resized(200, 150), portrait(), plain(64, 64));
      List<List<Face>> expected = images.stream().map(detector::detect).toList();
      IntStream.range(0, 20)
          .parallel()
          .forEach(i -> assertEquals(expected.get(i % 5), detector.detect(images.get(i % 5))));
    }
  }

  @Test
  void findsTheSameWithAnyNumberOfThreads() {
    try (FaceDetector detector = detector()) {
      for (int threads : new int[] {1, 2, 5}) {
        Optional<FaceDetector> other = detector(threads);
        Assumptions.assumeTrue(other.isPresent(), "this detector has no number of threads");
        try (FaceDetector same = other.get()) {
          assertEquals(detector.detect(group()), same.detect(group()), threads + " threads");
          assertEquals(detector.detect(portrait()), same.detect(portrait()), threads + " threads");
        }
      }
    }
  }

  @Test
  void refusesWorkAfterClose() {
    FaceDetector detector = detector();
    detector.close();
    detector.close();
    assertThrows(IllegalStateException.class, () -> detector.detect(plain(100, 100)));
  }

  private static Image group() {
    return Image.read(SharedData.album("groups/group_1.jpg"));
  }

  private static Image portrait() {
    return Image.read(SharedData.album("people/ada/ada_1.jpg"));
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> copy = new ArrayList<>(list);
    Collections.reverse(copy);
    return copy;
  }

  private static Image plain(int width, int height) {
    return Image.ofRgb(width, height, new byte[width * height * 3]);
  }

  private static Image noise(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    new Random(width * 1000L + height).nextBytes(rgb);
    return Image.ofRgb(width, height, rgb);
  }
}
