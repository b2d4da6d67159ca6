package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.AdamW;
import io.facepipeline.training.torch.Tensors;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student that learns the stages of a teacher of random weights. */
@SuppressWarnings("try") // scopes are used by closing them
class StageImitationTest extends EmbedderFixture {
  private static final String STUDENT = "MobileFaceNet (foamliu)";
  private static final int STAGES = 17;
  private static final int SIDE = 112;
  private static final int BATCH = 4;

  private static Student mobileFaceNet(long seed) {
    return StudentNetwork.named(STUDENT)
        .student(DIMENSIONS, false, new SplittableRandom(seed), null);
  }

  private static Tensor images() {
    float[] values = new float[BATCH * 3 * SIDE * SIDE];
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensors.floats(values, BATCH, 3, SIDE, SIDE);
  }

  @Test
  void everyStageBeginsFromTheTeachersAndInTheEndFromTheStudentsOwn() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student teacher = mobileFaceNet(1);
        Student same = mobileFaceNet(1);
        Student other = mobileFaceNet(2);
        StageImitation imitation = new StageImitation(teacher, 10, 3)) {
      Tensor images = images();
      Map<String, Tensor> stages = new LinkedHashMap<>();
      Tensor whole =
          other.forward(
              images,
              false,
              (name, x) -> {
                stages.put(name, x);
                return x;
              });
      assertEquals(STAGES, stages.size());
      // The last stage begins from the teacher's one before it, or from the student's own.
      Tensor taught = imitation.features(other, images, false, 0);
      imitation.of(images, taught, new int[BATCH], images, 0);
      assertTrue(distance(whole, taught) > 1e-3);
      Tensor alone = imitation.features(other, images, false, 9);
      assertTrue(distance(whole, alone) < 1e-6);
      float missing = shown(imitation, images, alone);
      assertTrue(missing > 0.1, "two networks of random weights differ by " + missing);
      Tensor equal = imitation.features(same, images, false, 0);
      assertEquals(0, shown(imitation, images, equal), 1e-9);
    }
  }

  private static float shown(StageImitation imitation, Tensor images, Tensor features) {
    return imitation.of(images, features, new int[BATCH], images, 0).shown().item_float();
  }

  private static double distance(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_float();
  }

  @Test
  void itsErrorFalls() {
    try (PointerScope scope = new PointerScope();
        Student student = mobileFaceNet(2);
        StageImitation imitation = new StageImitation(mobileFaceNet(1), 100, 3);
        AdamW optimizer = new AdamW(student.parameters(), student.buffers(), 0)) {
      assertSame("stages", imitation.column());
      Tensor images = images();
      double first = 0;
      double last = 0;
      for (int step = 0; step < 12; step++) {
        try (PointerScope inner = new PointerScope()) {
          Tensor features = imitation.features(student, images, true, step);
          Lesson.Result result = imitation.of(images, features, new int[BATCH], images, step);
          result.loss().backward();
          optimizer.step(1e-2);
          last = result.shown().item_float();
          first = step == 0 ? last : first;
        }
      }
      double begun = first;
      double ended = last;
      assertTrue(ended < 0.75 * begun, () -> begun + " fell to no less than " + ended);
    }
  }

  @Test
  void aNetworkWithoutStagesIsRefused() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student =
            StudentNetwork.named("MobileFaceNet")
                .student(DIMENSIONS, false, new SplittableRandom(1), null);
        StageImitation imitation = new StageImitation(mobileFaceNet(1), 10, 3)) {
      Tensor images = images();
      FacePipelineException e =
          assertThrows(
              FacePipelineException.class, () -> imitation.features(student, images, false, 0));
      assertTrue(e.getMessage().contains("the student has 0 of them"), e.getMessage());
    }
  }

  @Test
  void aCommandLearnsTheStagesAndTheNextGoesOnFromThem(@TempDir Path folder) throws Exception {
    Path crops = Files.createDirectories(folder.resolve("crops"));
    for (int i = 0; i < 8; i++) {
      picture(i).writePng(crops.resolve(i + ".png"));
    }
    Path teacher = folder.resolve("teacher.safetensors");
    try (Student random = mobileFaceNet(5)) {
      random.checkpoint().write(teacher);
    }
    List<String> both =
        List.of(
            "--crops",
            crops.toString(),
            "--teacher",
            teacher.toString(),
            "--passes",
            "1",
            "--batch",
            "4",
            "--quiet");
    List<String> first = new ArrayList<>(both);
    first.addAll(List.of("--teacher-stages", "--student", STUDENT, "--steps", "2"));
    first.addAll(List.of("--out", folder.resolve("first").toString()));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(first, errors), errors.toString());
    String log = Files.readString(folder.resolve("first/work/embedder.csv"));
    assertTrue(log.startsWith("step,loss,stages,rate"), log);

    List<String> next = new ArrayList<>(both);
    next.addAll(List.of("--steps", "1", "--out", folder.resolve("next").toString()));
    next.addAll(List.of("--from", folder.resolve("first/embedder.safetensors").toString()));
    assertEquals(0, execute(next, errors), errors.toString());

    List<String> mixed = new ArrayList<>(first);
    mixed.add("--clean-teacher");
    assertRefused(mixed, "--teacher-stages learns the stages alone");
    List<String> compact = new ArrayList<>(first);
    compact.set(compact.indexOf(STUDENT), StudentNetwork.COMPACT);
    compact.set(compact.size() - 1, folder.resolve("other").toString());
    assertRefused(compact, "it is of another architecture than CompactNet");
  }

  private static void assertRefused(List<String> arguments, String why) {
    StringWriter errors = new StringWriter();
    assertNotEquals(0, execute(arguments, errors));
    assertTrue(errors.toString().contains(why), errors.toString());
  }
}
