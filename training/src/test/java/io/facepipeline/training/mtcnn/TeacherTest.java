package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published networks as a teacher, on a photo of the sample album. */
class TeacherTest {
  @TempDir Path folder;

  @Test
  void saysHowMuchOfAFaceEachCropIs() throws IOException {
    Path weights = SharedData.path("models/mtcnn");
    Path photo = SharedData.album("groups/group_1.jpg");
    List<LabelledPhoto> photos = List.of(new LabelledPhoto(photo, "album", List.of(), false));
    try (Workers workers = new Workers(1);
        Teacher teacher =
            new Teacher(
                Stream.of("pnet.pt", "rnet.pt", "onet.pt")
                    .map(file -> Checkpoint.read(weights.resolve(file)))
                    .toList())) {
      TrueFaces truth = new CropRun(photos, workers).truth(teacher, ProgressListener.NONE).get(0);
      assertTrue(truth.faces().size() >= 2, "the teacher finds who is in the group");
      Box first = truth.faces().get(0).box();
      List<List<List<Box>>> proposals = List.of(List.of(List.of(first)));
      CandidateCrops maker =
          new CandidateCrops(
              Stage.ONET,
              proposals,
              teacher.stages(),
              teacher.stages(),
              new CandidateCrops.Settings(4, 4, 0.5f, 0.75f));
      Path file = folder.resolve("group.crops");
      CropFile.write(
          file,
          writer ->
              writer.write(
                  maker.crops(0, Image.read(photo), truth, false, new SplittableRandom(1))));
      try (CropFile crops = CropFile.open(file, 48)) {
        assertTrue(crops.size() > truth.faces().size());
        for (int i = 0; i < crops.size(); i++) {
          float[] targets = new float[CropTargets.NUMBERS];
          byte[] rgb = new byte[3 * 48 * 48];
          crops.read(i, targets, rgb);
          double taught = probability(teacher, rgb);
          double face = targets[CropTargets.CLASS + 1];
          // All are about faces: the label is 1, or there is none and the teacher's word counts.
          double label = 0.25 + 0.75 * taught;
          assertTrue(
              Math.abs(face - label) < 0.02 || Math.abs(face - taught) < 0.02,
              face + " where the teacher says " + taught);
          assertEquals(1, targets[CropTargets.CLASS]);
        }
      }
    }
  }

  private static double probability(Teacher teacher, byte[] rgb) {
    FloatBuffer planes =
        ByteBuffer.allocateDirect(rgb.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < rgb.length; i++) {
      planes.put(i, rgb[i] & 0xff);
    }
    return 1 / (1 + Math.exp(-teacher.stages().output(planes, 1)[0]));
  }
}
