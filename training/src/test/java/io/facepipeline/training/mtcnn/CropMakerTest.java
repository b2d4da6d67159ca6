package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.Workers;
import io.facepipeline.training.faces.LabelledFace;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The face is a white square of 60 pixels at (70, 50) on black. */
class CropMakerTest {
  private static final Box FACE = new Box(70, 50, 130, 110);
  private static final Landmarks LANDMARKS =
      Landmarks.of(85, 70, 115, 70, 100, 80, 88, 95, 112, 95);
  private static final TrueFaces TRUTH =
      new TrueFaces(List.of(new TrueFaces.TrueFace(FACE, LANDMARKS)), List.of());

  @TempDir Path folder;

  /** A crop and its targets. */
  private static final class Crop {
    final float[] targets = new float[CropTargets.NUMBERS];
    final byte[] rgb;

    Crop(int side) {
      rgb = new byte[3 * side * side];
    }
  }

  @Test
  void pnetWindowsShowTheFaceWhereTheirTargetsSay() throws IOException {
    List<Crop> crops =
        crops(Stage.PNET, new PnetCrops(null, 0).crops(0, photo(), TRUTH, true, random()));
    int positives = 0;
    int negatives = 0;
    for (Crop crop : crops) {
      if (crop.targets[CropTargets.BOX] > 0) {
        positives += (int) crop.targets[CropTargets.CLASS + 1];
        assertShows(crop, Stage.PNET, 0.09);
      } else {
        negatives++;
        assertEquals(0, crop.targets[CropTargets.CLASS + 1]);
      }
    }
    assertTrue(positives > 10, "positives: " + positives);
    assertTrue(negatives > 50, "negatives: " + negatives);
  }

  @Test
  void photosWithUnmarkedFacesGiveNoBackground() throws IOException {
    List<Crop> crops =
        crops(Stage.PNET, new PnetCrops(null, 0).crops(0, photo(), TRUTH, false, random()));
    assertTrue(crops.stream().allMatch(crop -> crop.targets[CropTargets.BOX] > 0));
  }

  @Test
  void squaresAndMistakesBecomeCrops() throws IOException {
    // Without a student R-Net's crops come from the proposals that it is given.
    List<Box> view = List.of(new Box(0, 100, 40, 140), new Box(68, 50, 131, 113));
    CandidateCrops.Settings settings = new CandidateCrops.Settings(30, 4, 0.5f, 0);
    CandidateCrops maker =
        new CandidateCrops(Stage.RNET, List.of(List.of(view)), null, null, settings);
    List<Crop> crops = crops(Stage.RNET, maker.crops(0, photo(), TRUTH, true, random()));
    int positives = 0;
    int mistakes = 0;
    for (Crop crop : crops) {
      if (crop.targets[CropTargets.BOX] > 0) {
        positives += (int) crop.targets[CropTargets.CLASS + 1];
        assertShows(crop, Stage.RNET, 0.05);
        assertEquals(1, crop.targets[CropTargets.LANDMARKS]);
      } else {
        mistakes++;
      }
    }
    assertTrue(positives > 15, "positives: " + positives);
    assertEquals(1, mistakes);
  }

  @Test
  void cropsHangOnTheSeedAlone() throws IOException {
    Path file = folder.resolve("photo.png");
    photo().writePng(file);
    List<LabelledPhoto> photos = new ArrayList<>();
    List<TrueFaces> truth = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      photos.add(
          new LabelledPhoto(file, "drawn", List.of(new LabelledFace(FACE, null, false)), true));
      truth.add(TRUTH);
    }
    List<byte[]> written = new ArrayList<>();
    for (int threads : List.of(1, 2)) {
      try (Workers workers = new Workers(threads)) {
        Path crops = folder.resolve(threads + ".crops");
        new CropRun(photos, workers)
            .crops(new PnetCrops(null, 0), truth, 7, crops, ProgressListener.NONE);
        written.add(Files.readAllBytes(crops));
      }
    }
    assertTrue(Arrays.equals(written.get(0), written.get(1)));
  }

  /** The white share of the crop is that of the face's box in it, edge by edge. */
  private static void assertShows(Crop crop, Stage stage, double tolerance) {
    int side = stage.side();
    float[] t = crop.targets;
    double left = Math.max(0, t[CropTargets.BOX + 1]);
    double top = Math.max(0, t[CropTargets.BOX + 2]);
    double right = Math.min(1, 1 + t[CropTargets.BOX + 3]);
    double bottom = Math.min(1, 1 + t[CropTargets.BOX + 4]);
    double sum = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < side * side; i++) {
      double light = (crop.rgb[i] & 0xff) / 255.0;
      int row = i / side;
      sum += light;
      x += light * (i % side + 0.5) / side;
      y += light * (row + 0.5) / side;
    }
    assertEquals((right - left) * (bottom - top), sum / side / side, 2 * tolerance);
    assertEquals((left + right) / 2, x / sum, tolerance);
    assertEquals((top + bottom) / 2, y / sum, tolerance);
  }

  private List<Crop> crops(Stage stage, CropFile.Block block) throws IOException {
    Path file = folder.resolve("block.crops");
    CropFile.write(file, writer -> writer.write(block));
    List<Crop> crops = new ArrayList<>();
    try (CropFile read = CropFile.open(file, stage.side())) {
      for (int i = 0; i < read.size(); i++) {
        Crop crop = new Crop(stage.side());
        read.read(i, crop.targets, crop.rgb);
        crops.add(crop);
      }
    }
    return crops;
  }

  private static SplittableRandom random() {
    return new SplittableRandom(11);
  }

  private static Image photo() {
    byte[] rgb = new byte[200 * 160 * 3];
    for (int y = 50; y < 110; y++) {
      for (int x = 70; x < 130; x++) {
        for (int channel = 0; channel < 3; channel++) {
          rgb[(y * 200 + x) * 3 + channel] = -1;
        }
      }
    }
    return Image.ofRgb(200, 160, rgb);
  }
}
