package io.facepipeline.training.embedder;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@ExtendWith(TorchScope.class)
class HardRelationsTest {
  private static final int BATCH = 4;
  private static final int DIMENSIONS = 5;
  private static final int QUEUE = 10;
  private static final int HARDEST = 3;
  private static final double WEIGHT = 2;
  private static final Tensor NO_IMAGES = new Tensor();

  private final Random random = new Random(6);

  /** A batch: what the student made of its views, and what the teacher did. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Batch(double[][] features, double[][] teacher) {}

  private Batch batch() {
    return new Batch(rows(false), rows(true));
  }

  private double[][] rows(boolean unit) {
    double[][] rows = new double[BATCH][DIMENSIONS];
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return unit ? unit(rows) : rows;
  }

  private static double[][] unit(double[][] rows) {
    double[][] unit = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      double length = Math.sqrt(dot(rows[i], rows[i]));
      unit[i] = new double[DIMENSIONS];
      for (int k = 0; k < DIMENSIONS; k++) {
        unit[i][k] = rows[i][k] / length;
      }
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static Tensor tensor(double[][] rows) {
    float[] flat = new float[rows.length * DIMENSIONS];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / DIMENSIONS][i % DIMENSIONS];
    }
    return Tensors.floats(flat, rows.length, DIMENSIONS);
  }

  /** The loss and the mean excess, pair by pair, against the last views that the queue holds. */
  private static double[] plain(Batch batch, List<double[]> students, List<double[]> teachers) {
    double[][] embeddings = unit(batch.features());
    double squares = 0;
    double excess = 0;
    for (int i = 0; i < BATCH; i++) {
      double[] own = embeddings[i];
      List<Integer> hardest =
          IntStream.range(0, students.size())
              .boxed()
              .sorted(Comparator.comparingDouble(j -> -dot(own, students.get(j))))
              .limit(HARDEST)
              .toList();
      for (int j : hardest) {
        double more = dot(own, students.get(j)) - dot(batch.teacher()[i], teachers.get(j));
        squares += more * more / (BATCH * HARDEST);
        excess += more / (BATCH * HARDEST);
      }
    }
    return new double[] {WEIGHT * squares, excess};
  }

  private static Lesson.Result of(HardRelations lesson, Tensor features, Batch batch, int step) {
    return lesson.of(NO_IMAGES, features, new int[BATCH], tensor(batch.teacher()), step);
  }

  @Test
  void theHardestOfTheLastViewsAreComparedAsOneByOne() {
    List<double[]> students = new ArrayList<>();
    List<double[]> teachers = new ArrayList<>();
    try (HardRelations lesson =
        new HardRelations(new HardRelations.Choice(QUEUE, HARDEST, WEIGHT), DIMENSIONS)) {
      for (int step = 0; step < 6; step++) {
        Batch batch = batch();
        Tensor features = tensor(batch.features()).set_requires_grad(true);
        Lesson.Result result = of(lesson, features, batch, step);
        if (students.isEmpty()) {
          assertEquals(0, result.loss().item_float());
        } else {
          double[] expected = plain(batch, students, teachers);
          assertEquals(expected[0], result.loss().item_float(), 1e-5, "step " + step);
          assertEquals(expected[1], result.shown().item_float(), 1e-5, "step " + step);
          result.loss().backward();
          checkSlopes(Tensors.values(features.grad()), batch, students, teachers);
        }
        students.addAll(List.of(unit(batch.features())));
        teachers.addAll(List.of(batch.teacher()));
        while (students.size() > QUEUE) {
          students.remove(0);
          teachers.remove(0);
        }
      }
    }
  }

  private static void checkSlopes(
      float[] slopes, Batch batch, List<double[]> students, List<double[]> teachers) {
    double step = 1e-6;
    double largest = 0;
    for (int i = 0; i < slopes.length; i++) {
      double[] row = batch.features()[i / DIMENSIONS];
      double before = row[i % DIMENSIONS];
      row[i % DIMENSIONS] = before + step;
      double above = plain(batch, students, teachers)[0];
      row[i % DIMENSIONS] = before - step;
      double below = plain(batch, students, teachers)[0];
      row[i % DIMENSIONS] = before;
      double slope = (above - below) / (2 * step);
      assertEquals(slope, slopes[i], 1e-4, "slope " + i);
      largest = Math.max(largest, Math.abs(slope));
    }
    assertTrue(largest > 1e-2, "all slopes are next to nothing");
  }

  @Test
  void whatTheQueueHoldsIsTheStateOfARun() {
    HardRelations.Choice choice = new HardRelations.Choice(QUEUE, HARDEST, WEIGHT);
    try (HardRelations first = new HardRelations(choice, DIMENSIONS);
        HardRelations second = new HardRelations(choice, DIMENSIONS)) {
      Batch begun = batch();
      of(first, tensor(begun.features()), begun, 0);
      first
          .buffers()
          .forEach((name, tensor) -> requireNonNull(second.buffers().get(name)).copy_(tensor));
      Batch next = batch();
      assertEquals(
          of(first, tensor(next.features()), next, 1).loss().item_float(),
          of(second, tensor(next.features()), next, 1).loss().item_float());
    }
  }

  /** Two strangers whom the student takes for one are moved apart, as the teacher has them. */
  @Test
  void strangersWhoLookAlikeAreMovedApart() {
    double[][] teacher = new double[BATCH][DIMENSIONS];
    for (int i = 0; i < BATCH; i++) {
      teacher[i][i] = 1;
    }
    try (HardRelations lesson =
        new HardRelations(new HardRelations.Choice(BATCH, HARDEST, 1), DIMENSIONS)) {
      Tensor features = tensor(rows(false)).set_requires_grad(true);
      Batch batch = new Batch(new double[0][], teacher);
      float first = 0;
      float last = 0;
      for (int step = 0; step < 300; step++) {
        Lesson.Result result = of(lesson, features, batch, step);
        last = step == 0 ? 0 : result.loss().item_float();
        first = step == 1 ? last : first;
        if (step > 0) {
          result.loss().backward();
          features.detach().sub_(features.grad());
          features.grad().zero_();
        }
      }
      assertTrue(last < 0.05 * first, first + " fell to no less than " + last);
      Tensor unit = torch.normalize(features.detach());
      float[] cosines = Tensors.values(torch.mm(unit, unit.t()));
      for (int i = 0; i < cosines.length; i++) {
        if (i / BATCH != i % BATCH) {
          assertTrue(cosines[i] < 0.2, i + ": " + cosines[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--hard-relations 63, true, --hard-relations must be 0 or at least the 64 of --batch; got 63",
    "--hard-relations -1, true, --hard-relations must be 0 or at least the 64 of --batch; got -1",
    "--hard-relations 512, false, --hard-relations 512 needs a teacher; leave out --no-teacher",
    "--hard-relations 64 --hardest 65, true,"
        + " --hardest must be from 1 to the 64 of --hard-relations; got 65",
    "--hard-relations 64 --hardest 0, true,"
        + " --hardest must be from 1 to the 64 of --hard-relations; got 0",
    "--hard-relations 64 --relation-weight 0, true, --relation-weight must be more than 0; got 0.0"
  })
  void whatCannotBeIsRefused(String options, boolean teacher, String message) {
    RelationOptions relations = new RelationOptions();
    new CommandLine(relations).parseArgs(options.split(" "));
    FacePipelineException e =
        assertThrows(FacePipelineException.class, () -> relations.choice(64, teacher));
    assertEquals(message, String.valueOf(e.getMessage()).replace(", got", "; got"));
  }

  @Test
  void withoutTheOptionThereAreNone() {
    RelationOptions relations = new RelationOptions();
    new CommandLine(relations).parseArgs();
    assertEquals(null, relations.choice(64, true));
  }
}
