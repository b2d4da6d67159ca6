package io.facepipeline.evaluation.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion.Ellipse;
import io.facepipeline.evaluation.internal.FddbAnnotations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FaceRegionTest {
  @Test
  void theBoxAroundAnEllipse() {
    // The first annotation of FDDB's first fold.
    Box box = new Ellipse(123.5833, 85.5495, 1.265839, 269.6934, 161.7812).bounds();

    assertEquals(180.05, box.x1(), 0.01);
    assertEquals(41.13, box.y1(), 0.01);
    assertEquals(359.34, box.x2(), 0.01);
    assertEquals(282.43, box.y2(), 0.01);
  }

  @Test
  void aCircleInItsBox() {
    Ellipse circle = new Ellipse(10, 10, 0.7, 50, 40);

    assertEquals(Math.PI * 100, circle.area(), 1e-9);
    assertEquals(Math.PI / 4, circle.intersectionOverUnion(new Box(40, 30, 60, 50)), 1e-4);
    // A quarter of it.
    assertEquals(25 * Math.PI, circle.intersection(new Box(50, 40, 200, 200)), 0.01);
    assertEquals(circle.area(), circle.intersection(new Box(0, 0, 100, 100)), 0.01);
    assertEquals(0, circle.intersectionOverUnion(new Box(70, 30, 80, 50)));
  }

  @Test
  void turnedEllipsesAgainstThrownDarts() {
    Random random = new Random(8);
    for (int round = 0; round < 10; round++) {
      double angle = Math.PI * random.nextDouble();
      Ellipse ellipse = new Ellipse(30 + 20 * random.nextDouble(), 20, angle, 100, 100);
      Box box =
          new Box(
              60 + 30 * random.nextFloat(),
              60 + 30 * random.nextFloat(),
              100 + 50 * random.nextFloat(),
              100 + 50 * random.nextFloat());
      int hits = 0;
      int darts = 200_000;
      for (int i = 0; i < darts; i++) {
        double x = box.x1() + random.nextDouble() * box.width() - 100;
        double y = box.y1() + random.nextDouble() * box.height() - 100;
        double along = (x * Math.cos(angle) + y * Math.sin(angle)) / ellipse.majorRadius();
        double across = (y * Math.cos(angle) - x * Math.sin(angle)) / ellipse.minorRadius();
        hits += along * along + across * across <= 1 ? 1 : 0;
      }
      double expected = (double) hits / darts * box.area();
      assertEquals(expected, ellipse.intersection(box), 0.01 * box.area());
    }
  }

  @Test
  void rectanglesAreAsCoreHasThem() {
    Box box = new Box(0, 0, 10, 10);
    Box other = new Box(5, 0, 15, 10);

    assertEquals(
        box.intersectionOverUnion(other),
        new FaceRegion.Rectangle(box).intersectionOverUnion(other),
        1e-6);
    assertEquals(0, new FaceRegion.Rectangle(box).intersectionOverUnion(new Box(20, 0, 30, 10)));
  }

  @Test
  void anEllipseNeedsRadii() {
    assertThrows(IllegalArgumentException.class, () -> new Ellipse(0, 1, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Ellipse(1, 1, Double.NaN, 0, 0));
  }

  @Test
  void fddbsListsAreRead(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("list.txt"),
            """
            2002/08/11/big/img_591
            1
            123.583300 85.549500 1.265839 269.693400 161.781200  1
            2002/08/26/big/img_265
            2
            67.363819 44.511485 -1.476417 105.249970 87.209036  1
            41.936870 27.064477 1.471906 184.070915 129.345601  1
            """);

    Map<String, List<AnnotatedFace>> faces = FddbAnnotations.read(file);

    assertEquals(
        List.of("2002/08/11/big/img_591.jpg", "2002/08/26/big/img_265.jpg"),
        List.copyOf(faces.keySet()));
    assertEquals(
        new Ellipse(41.936870, 27.064477, 1.471906, 184.070915, 129.345601),
        faces.get("2002/08/26/big/img_265.jpg").get(1).region());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nmany\n", "a\n1\n1 2 3\n", "a\n1\n1 2 3 x 5\n", "a\n1\n0 2 3 4 5\n", "a"})
  void aMalformedListIsNamedWithItsLine(String text, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("list.txt"), text);

    String message =
        assertThrows(FacePipelineException.class, () -> FddbAnnotations.read(file)).getMessage();

    assertTrue(message.contains("list.txt, line "), message);
  }
}
