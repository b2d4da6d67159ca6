package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.drawing.FaceDrawing;
import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaceDrawingTest {
  private static final Image BLACK = Image.ofRgb(100, 80, new byte[3 * 100 * 80]);
  private static final Face FACE =
      new Face(new Box(20, 30, 60, 70), Landmarks.of(30, 40, 50, 40, 40, 50, 32, 60, 48, 60), 1);

  private static int rgb(Image image, int x, int y) {
    return image.rgbAt(x, y) & 0xFFFFFF;
  }

  @Test
  void framesAndLandmarksAreWhereTheFaceIs() {
    Image drawn = FaceDrawing.on(BLACK).face(FACE, Color.RED, "").toImage();
    assertNotEquals(0, rgb(drawn, 20, 50));
    assertEquals(0xFF0000, rgb(drawn, 40, 50));
    assertEquals(0, rgb(drawn, 90, 70));
    assertEquals(0, rgb(drawn, 24, 25)); // where a text would be
    assertEquals(0, rgb(BLACK, 40, 50));
  }

  @Test
  void namesAreWrittenAboveInTheColorOfThePerson() {
    Identification ada =
        new Identification(
            "ada", 0.8f, 0.5f, List.of(new Match.Candidate("ada", 0.8f)), FACE, null, false);
    Image drawn = FaceDrawing.on(BLACK).identifications(List.of(ada)).toImage();
    assertEquals(FaceDrawing.colorOf("ada").getRGB() & 0xFFFFFF, rgb(drawn, 40, 50));
    long white = 0;
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 100; x++) {
        white += rgb(drawn, x, y) == 0xFFFFFF ? 1 : 0;
      }
    }
    assertTrue(white > 5, "letters are white, but there are " + white + " white pixels");
  }

  @Test
  void everyoneHasOneColorAndStrangersAnother() {
    assertEquals(FaceDrawing.colorOf("ada"), FaceDrawing.colorOf("ada"));
    assertNotEquals(FaceDrawing.colorOf("ada"), FaceDrawing.colorOf("adb"));
    assertNotEquals(FaceDrawing.colorOf("ada"), FaceDrawing.colorOf(null));
  }

  @Test
  void whatIsAnalyzedIsDrawnWithAndWithoutNames() {
    FaceAttribute.Scores happy =
        new FaceAttribute.Scores(
            "expression", "m", List.of(new FaceAttribute.LabelScore("happy", 1)));
    FaceQuality quality = FaceQuality.of(BLACK, FACE);
    FaceDrawing drawing = FaceDrawing.on(BLACK);
    AnalyzedFace unnamed = new AnalyzedFace(FACE, quality, null, List.of(happy));
    assertSame(drawing, drawing.analyzed(List.of(unnamed)));
    assertEquals(FaceDrawing.FOUND.getRGB() & 0xFFFFFF, rgb(drawing.toImage(), 40, 50));
    Identification stranger = new Identification(null, 0.1f, 0.5f, List.of(), FACE, null, false);
    drawing.analyzed(List.of(new AnalyzedFace(FACE, quality, stranger, List.of())));
    assertEquals(FaceDrawing.colorOf(null).getRGB() & 0xFFFFFF, rgb(drawing.toImage(), 40, 50));
  }

  @Test
  void facesBeyondTheEdgesAreDrawn() {
    Face outside =
        new Face(
            new Box(-10, -10, 130, 120), Landmarks.of(30, 40, 50, 40, 40, 50, 32, 60, 48, 60), 1);
    assertNotEquals(BLACK, FaceDrawing.on(BLACK).faces(List.of(outside)).toImage());
  }
}
