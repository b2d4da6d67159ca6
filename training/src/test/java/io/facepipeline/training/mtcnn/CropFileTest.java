package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CropFileTest {
  @TempDir Path folder;

  @Test
  void givesBackWhatWasWritten() throws IOException {
    Path file = folder.resolve("two.crops");
    float[] first = new float[CropTargets.NUMBERS];
    for (int i = 0; i < first.length; i++) {
      first[i] = i - 0.5f;
    }
    CropFile.Block block = new CropFile.Block(2);
    float[] planes = {0, 1, 2, 3, 100, 101, 102, 103, 252, 253.4f, 253.6f, 255};
    block.add(first, FloatBuffer.wrap(planes), 0);
    // A window at (1, 1) of planes of 3x3.
    float[] large = new float[27];
    for (int i = 0; i < large.length; i++) {
      large[i] = i;
    }
    block.add(new float[CropTargets.NUMBERS], large, 3, 3, 1, 1);
    CropFile.write(file, writer -> writer.write(block));
    try (CropFile crops = CropFile.open(file, 2)) {
      assertEquals(2, crops.size());
      float[] targets = new float[CropTargets.NUMBERS];
      byte[] rgb = new byte[12];
      crops.read(0, targets, rgb);
      assertArrayEquals(first, targets);
      assertArrayEquals(
          new byte[] {0, 1, 2, 3, 100, 101, 102, 103, (byte) 252, (byte) 253, (byte) 254, -1}, rgb);
      crops.read(1, targets, rgb);
      assertArrayEquals(new float[CropTargets.NUMBERS], targets);
      assertArrayEquals(new byte[] {4, 5, 7, 8, 13, 14, 16, 17, 22, 23, 25, 26}, rgb);
    }
  }

  @Test
  void isThereWholeOrNotAtAll() throws IOException {
    Path file = folder.resolve("cut.crops");
    CropFile.Block block = new CropFile.Block(2);
    block.add(new float[CropTargets.NUMBERS], FloatBuffer.allocate(12), 0);
    IOException full = new IOException("no space");
    assertSame(
        full,
        assertThrows(
            IOException.class,
            () ->
                CropFile.write(
                    file,
                    writer -> {
                      writer.write(block);
                      throw full;
                    })));
    assertFalse(Files.exists(file));
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void refusesAFileOfAnotherSide() throws IOException {
    Path file = folder.resolve("odd.crops");
    Files.write(file, new byte[100]);
    FacePipelineException e =
        assertThrows(FacePipelineException.class, () -> CropFile.open(file, 2));
    assertEquals(
        file
            + " has 100 bytes, not a whole number of crops; delete it, and it will be created"
            + " again",
        e.getMessage());
  }
}
