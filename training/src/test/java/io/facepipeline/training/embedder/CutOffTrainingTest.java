package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.identity.IdentityLoss;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.identity.PeopleBatches;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that was cut off ends as one that was not. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class CutOffTrainingTest extends EmbedderFixture {
  /** With a teacher, and with heads that have a state beside the network's. */
  @ParameterizedTest
  @CsvSource({
    "distillation, ",
    "ADACOS, buffer.head.scale",
    "CURRICULARFACE, buffer.head.t",
    "SST_PROTOTYPE, buffer.prototypes"
  })
  void aRunThatWasCutOffEndsAsOneThatWasNot(
      String lesson, @Nullable String state, @TempDir Path folder) throws IOException {
    try (ViewFile views = ViewFile.open(folder.resolve("views"), AreaShrink.SIDE, DIMENSIONS);
        CropStore crops =
            CropStore.open(
                folder.resolve("crops"),
                CropStore.USUAL,
                to -> IntStream.range(0, 20).forEach(i -> to.accept("p" + i % 5, picture(i))))) {
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < 20; i++) {
        byte[] view = new byte[views.viewBytes()];
        random.nextBytes(view);
        float[] embedding = new float[DIMENSIONS];
        embedding[i % DIMENSIONS] = 1;
        views.add(view, embedding);
      }
      ViewPlan plan = new ViewPlan(crops, ViewRecipe.of(1, 0), 1);
      Path whole = train(lesson, plan, views, folder.resolve("whole"), 0);
      Path cut = folder.resolve("cut");
      assertThrows(IllegalStateException.class, () -> train(lesson, plan, views, cut, 5));
      train(lesson, plan, views, cut, 0);
      for (String file : List.of("result.safetensors", "embedder.state.safetensors")) {
        Checkpoint expected = Checkpoint.read(whole.resolve(file));
        Checkpoint found = Checkpoint.read(cut.resolve(file));
        assertEquals(expected.tensors().keySet(), found.tensors().keySet());
        expected
            .tensors()
            .forEach((name, t) -> assertArrayEquals(t.floats(), found.tensor(name).floats(), name));
        if (state != null) {
          assertEquals(file.contains("state"), expected.tensors().containsKey(state));
        }
      }
      assertEquals(
          Files.readString(whole.resolve("embedder.csv")),
          Files.readString(cut.resolve("embedder.csv")));
    }
  }

  private static Path train(
      String lesson, ViewPlan plan, ViewFile views, Path folder, int stopAfter) throws IOException {
    EmbedderTrainer.Plan steps = new EmbedderTrainer.Plan(6, 1e-3, 3, 1, false, 0, 5, false);
    Files.createDirectories(folder);
    try (Student student = student(steps.seed());
        Lesson learned = lesson(lesson, plan, student)) {
      PeopleBatches pairs =
          new PeopleBatches(IntStream.range(0, plan.total()).map(plan::person).toArray());
      new EmbedderTrainer(
              steps,
              StudentNetwork.named(StudentNetwork.COMPACT).input(),
              List.of(learned),
              EmbedderTrainer.Features.WHOLE,
              folder)
          .train(
              student,
              views,
              random -> pairs.draw(random, 4, 2),
              folder.resolve("result.safetensors"),
              (done, total, item) -> {
                if (done == stopAfter) {
                  throw new IllegalStateException("cut off");
                }
              });
    }
    return folder;
  }

  private static Lesson lesson(String name, ViewPlan plan, Student student) {
    if (name.equals("distillation")) {
      return new Distillation();
    }
    Objective objective = Objective.valueOf(name);
    IdentityLesson.Choice choice = new IdentityLesson.Choice(IdentityLoss.Recipe.of(objective), 1);
    SplittableRandom random = new SplittableRandom(3);
    return objective == Objective.SST_PROTOTYPE
        ? new SemiSiamese(plan, choice, student.parameters(), () -> student(9), DIMENSIONS, random)
        : new IdentityLesson(plan, choice, DIMENSIONS, random);
  }
}
