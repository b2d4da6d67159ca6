package io.facepipeline.detection.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceQuality;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.align.StandardAligner;
import org.junit.jupiter.api.Test;

/** Which frames of a face are kept. */
class BestFramesTest {
  private static Face at(float x) {
    Landmarks points = Landmarks.of(x + 30, 60, x + 70, 60, x + 50, 80, x + 35, 100, x + 65, 100);
    return new Face(new Box(x, 20, x + 100, 130), points, 0.99f);
  }

  /** Checks, finer or coarser: what is finer is sharper. */
  private static Image checks(int side) {
    byte[] grey = new byte[320 * 160];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) ((i % 320 / side + i / 320 / side) % 2 == 0 ? 60 : 190);
    }
    return Image.ofGrey(320, 160, grey);
  }

  @Test
  void halfAFaceIsWorseThanAWholeOneThoughItIsSharper() {
    Image dull = checks(20);
    Image sharp = checks(4);
    assertTrue(FaceQuality.of(sharp, at(-45)).score() > FaceQuality.of(dull, at(60)).score());
    BestFrames frames = new BestFrames(null, StandardAligner.INSTANCE);
    frames.offer(dull, 0, at(60));
    frames.offer(sharp, 1, at(-45));
    assertEquals(0, frames.best().frame);
    frames.offer(sharp, 2, at(40));
    assertEquals(2, frames.best().frame);
  }
}
