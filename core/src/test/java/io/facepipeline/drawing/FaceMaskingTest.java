package io.facepipeline.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Match;
import java.awt.Color;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaceMaskingTest {
  private static final int SIDE = 200;
  private static final int RED = 0xFF0000;
  private static final Landmarks LANDMARKS = Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8);
  private static final Face LEFT = face(20, 60, 80, 130);
  private static final Face RIGHT = face(120, 60, 180, 130);

  private static Face face(float x1, float y1, float x2, float y2) {
    return new Face(new Box(x1, y1, x2, y2), LANDMARKS, 1);
  }

  private static Image noise() {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    new Random(5).nextBytes(rgb);
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  /** Squares of two pixels around a color in the middle of a level. */
  private static Image checkers(int contrast) {
    byte[] gray = new byte[SIDE * SIDE];
    for (int i = 0; i < gray.length; i++) {
      int x = i % SIDE / 2;
      int y = i / SIDE / 2;
      gray[i] = (byte) (136 + ((x + y) % 2 == 0 ? contrast : -contrast));
    }
    return Image.ofGrey(SIDE, SIDE, gray);
  }

  private static Identification named(Face face, @Nullable String label) {
    return Identification.of(face, new Match(label, 0.9f, 0.5f, List.of()));
  }

  @Test
  void allOfTheBoxIsHiddenAndNothingFarFromIt() {
    Image photo = noise();
    Image masked = FaceMasking.fill(Color.RED).mask(photo, List.of(LEFT));
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        if (x >= 20 && x < 80 && y >= 60 && y < 130) {
          assertEquals(RED, masked.rgbAt(x, y), x + "," + y);
        } else if (x > 98 || y < 39 || y > 151) {
          assertEquals(photo.rgbAt(x, y), masked.rgbAt(x, y), x + "," + y);
        }
      }
    }
    // An ellipse: the corners around it stay.
    assertEquals(photo.rgbAt(3, 41), masked.rgbAt(3, 41));
  }

  @Test
  void aPixelatedFaceHasFewColorsOfFewLevels() {
    Image masked = FaceMasking.pixelate().mask(noise(), List.of(LEFT));
    Set<Integer> colors = new HashSet<>();
    for (int y = 60; y < 130; y++) {
      for (int x = 20; x < 80; x++) {
        colors.add(masked.rgbAt(x, y));
      }
    }
    assertTrue(colors.size() <= 16, colors.size() + " colors");
    for (int color : colors) {
      for (int shift = 0; shift <= 16; shift += 8) {
        assertEquals(0, (color >> shift & 0xFF) % 17, Integer.toHexString(color));
      }
    }
  }

  /** Whatever a face has within a cell, the result is the same: so it cannot be computed back. */
  @Test
  void detailsWithinACellLeaveNoTrace() {
    List<Face> faces = List.of(face(0, 0, SIDE, SIDE));
    for (FaceMasking masking : List.of(FaceMasking.blur(), FaceMasking.pixelate())) {
      Image flat = masking.mask(checkers(0), faces);
      assertEquals(flat, masking.mask(checkers(50), faces), masking.toString());
      assertEquals(flat, masking.mask(checkers(-110), faces), masking.toString());
    }
  }

  @Test
  void aSmallFaceHasNoSmallCells() {
    Image photo = noise();
    Image masked = FaceMasking.pixelate().withCells(6).mask(photo, List.of(face(50, 50, 58, 60)));
    Set<Integer> colors = new HashSet<>();
    for (int y = 50; y < 60; y++) {
      for (int x = 50; x < 58; x++) {
        assertNotEquals(photo.rgbAt(x, y), masked.rgbAt(x, y));
        colors.add(masked.rgbAt(x, y));
      }
    }
    assertTrue(colors.size() <= 16, colors.size() + " colors");
  }

  @Test
  void facesAtAndBeyondTheEdgeAreHiddenAsFarAsTheyShow() {
    Image photo = noise();
    for (FaceMasking masking :
        List.of(FaceMasking.blur(), FaceMasking.pixelate(), FaceMasking.fill(Color.RED))) {
      Image masked = masking.mask(photo, List.of(face(-30, -40, 30, 30), face(170, 170, 260, 270)));
      assertNotEquals(photo.rgbAt(0, 0), masked.rgbAt(0, 0));
      assertNotEquals(photo.rgbAt(SIDE - 1, SIDE - 1), masked.rgbAt(SIDE - 1, SIDE - 1));
      assertEquals(photo, masking.mask(photo, List.of(face(400, 400, 450, 450))));
      assertEquals(photo, masking.mask(photo, List.of()));
      // A box of no size is still a place where a face was found.
      assertNotEquals(photo, masking.mask(photo, List.of(face(100, 100, 100, 100))));
    }
  }

  @Test
  void peopleAreShownOrHiddenByName() {
    Image photo = noise();
    FaceMasking masking = FaceMasking.fill(Color.RED);
    List<Identification> people = List.of(named(LEFT, "ada"), named(RIGHT, null));
    Image others = masking.maskAllBut(photo, people, List.of("ada"));
    assertEquals(photo.rgbAt(50, 95), others.rgbAt(50, 95));
    assertEquals(RED, others.rgbAt(150, 95));
    Image ada = masking.maskOnly(photo, people, List.of("ada"));
    assertEquals(RED, ada.rgbAt(50, 95));
    assertEquals(photo.rgbAt(150, 95), ada.rgbAt(150, 95));
    assertEquals(
        masking.mask(photo, List.of(LEFT, RIGHT)), masking.maskAllBut(photo, people, List.of()));
    assertEquals(photo, masking.maskOnly(photo, people, List.of("bao")));
  }

  @Test
  void settingsThatWouldLeaveAFaceAreRefused() {
    FaceMasking blur = FaceMasking.blur();
    for (double margin : new double[] {-0.1, 0.2, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> blur.withMargin(margin));
    }
    assertThrows(IllegalArgumentException.class, () -> blur.withCells(1));
    assertThrows(IllegalArgumentException.class, () -> blur.withCells(7));
    assertThrows(IllegalArgumentException.class, () -> FaceMasking.fill(Color.RED).withCells(4));
    assertEquals(
        "pixelate in 5 cells, margin 0.50",
        FaceMasking.pixelate().withMargin(0.5).withCells(5).toString());
  }
}
