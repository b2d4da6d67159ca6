package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceQuality;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.testkit.SharedData;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Real photos against worse copies of themselves. */
class FaceQualityOnPhotosTest {
  private static final double[] SHADES = {0.8, 0.5, 0.25};
  private static final double[] SIZES = {0.8, 0.5, 0.3};
  private static final int[] BLURS = {3, 5, 9};

  @Test
  void everyFaceOfTheAlbumIsBetterThanItsWorseCopies() throws IOException {
    assertBetter(photos(SharedData.album("people"), SharedData.album("groups")), 20);
  }

  @Test
  void everyFaceOfTheRealPhotosIsBetterThanItsWorseCopies() throws IOException {
    assertBetter(photos(SharedData.path("data/photos"), SharedData.path("data/expression")), 10);
  }

  @Test
  void goodPortraitsGiveNoWarningAndPoorOnesDo() throws IOException {
    try (FaceDetector detector = DefaultModels.mtcnn().minFaceSize(40).build()) {
      for (Path photo : photos(SharedData.album("people"))) {
        Image image = Image.read(photo);
        List<Face> faces = detector.detect(image);
        assertEquals(List.of(), FaceQuality.of(image, faces.get(0)).warnings(), photo.toString());
      }
    }
    Image image = Image.read(SharedData.album("people/ada/ada_1.jpg"));
    try (FaceDetector detector = DefaultModels.mtcnn().minFaceSize(40).build()) {
      Face face = detector.detect(image).get(0);
      assertMentions(warnings(shrunk(image, 0.25), scaled(face, 0.25)), "hard to recognize");
      assertMentions(warnings(darkened(image, 0.2), face), "too dark");
      assertMentions(warnings(blurred(image, 25), face), "too blurred");
    }
  }

  private static String warnings(Image image, Face face) {
    return String.join("; ", FaceQuality.of(image, face).warnings());
  }

  private static void assertMentions(String warnings, String wanted) {
    assertTrue(warnings.contains(wanted), warnings);
  }

  /** Both where the face is known to be, and where a detector finds it in the copy. */
  private static void assertBetter(List<Path> photos, int least) throws IOException {
    int compared = 0;
    try (FaceDetector detector = DefaultModels.mtcnn().minFaceSize(40).build()) {
      for (Path photo : photos) {
        Image image = Image.read(photo);
        for (Face face : detector.detect(image)) {
          double score = FaceQuality.of(image, face).score();
          for (double shade : SHADES) {
            assertWorse(score, darkened(image, shade), face, detector, photo + " x " + shade);
          }
          for (int blur : BLURS) {
            assertWorse(score, blurred(image, blur), face, detector, photo + " blurred " + blur);
          }
          for (double size : SIZES) {
            assertWorse(
                score, shrunk(image, size), scaled(face, size), detector, photo + " at " + size);
          }
          compared++;
        }
      }
    }
    assertTrue(compared >= least, compared + " faces");
  }

  private static void assertWorse(
      double score, Image copy, Face face, FaceDetector detector, String what) {
    double same = FaceQuality.of(copy, face).score();
    assertTrue(same < score, what + ": " + same + " is not below " + score);
    for (Face found : detector.detect(copy)) {
      if (found.box().intersectionOverUnion(face.box()) > 0.5) {
        double again = FaceQuality.of(copy, found).score();
        assertTrue(again < score, what + ", found anew: " + again + " is not below " + score);
      }
    }
  }

  private static List<Path> photos(Path... folders) throws IOException {
    List<Path> photos = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder, 2)) {
        files
            .filter(f -> f.toString().matches("(?i).*\\.(jpe?g|png)"))
            .sorted()
            .forEach(photos::add);
      }
    }
    return photos;
  }

  private static Image darkened(Image image, double shade) {
    byte[] rgb = image.toRgb();
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(shade * (rgb[i] & 0xFF));
    }
    return Image.ofRgb(image.width(), image.height(), rgb);
  }

  private static Image blurred(Image image, int side) {
    float[] even = new float[side * side];
    Arrays.fill(even, 1f / even.length);
    return Image.of(
        new ConvolveOp(new Kernel(side, side, even), ConvolveOp.EDGE_NO_OP, null)
            .filter(image.toBufferedImage(), null));
  }

  private static Image shrunk(Image image, double size) {
    int width = (int) Math.round(size * image.width());
    int height = (int) Math.round(size * image.height());
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image.toBufferedImage(), 0, 0, width, height, null);
    graphics.dispose();
    return Image.of(small);
  }

  private static Face scaled(Face face, double size) {
    float[] xy = new float[10];
    for (int i = 0; i < 5; i++) {
      Point point = face.landmarks().points().get(i);
      xy[2 * i] = (float) (size * point.x());
      xy[2 * i + 1] = (float) (size * point.y());
    }
    Box box = face.box();
    return new Face(
        new Box(
            (float) (size * box.x1()),
            (float) (size * box.y1()),
            (float) (size * box.x2()),
            (float) (size * box.y2())),
        Landmarks.of(xy),
        face.score());
  }
}
