package io.facepipeline.classify.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.classify.FixtureFaces;
import io.facepipeline.classify.file.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LbfgsTest {
  @Test
  void findsTheMinimumOfALongNarrowValley() {
    double[] scale = new double[50];
    for (int d = 0; d < scale.length; d++) {
      scale[d] = Math.pow(10, d * 4.0 / 49);
    }
    Lbfgs.Objective valley =
        (point, gradient) -> {
          double value = 0;
          for (int d = 0; d < point.length; d++) {
            double away = point[d] - d;
            value += scale[d] * away * away / 2;
            gradient[d] = scale[d] * away;
          }
          return value;
        };
    double[] least = Lbfgs.minimize(valley, new double[50]);
    for (int d = 0; d < least.length; d++) {
      assertEquals(d, least[d], 0.3 / scale[d] + 1e-6, "dimension " + d);
    }
  }

  @Test
  void theObjectivesGradientIsThatOfItsValue() {
    LogisticObjective objective = new LogisticObjective(samples(), FixtureFaces.PEOPLE.size(), 30);
    Random random = new Random(4);
    double[] point = random.doubles(objective.size(), -1, 1).toArray();
    double[] gradient = new double[point.length];
    objective.at(point, gradient);
    double step = 1e-5;
    for (int i = 0; i < point.length; i++) {
      double[] up = point.clone();
      double[] down = point.clone();
      up[i] += step;
      down[i] -= step;
      double slope =
          (objective.at(up, new double[up.length]) - objective.at(down, new double[up.length]))
              / (2 * step);
      assertEquals(slope, gradient[i], 1e-7, "weight " + i);
    }
  }

  @Test
  void atTheFittedMinimumTheGradientVanishesAndTheRowsSumToZero() {
    LogisticObjective objective = new LogisticObjective(samples(), FixtureFaces.PEOPLE.size(), 100);
    double[] gradient = new double[objective.size()];
    objective.at(new double[objective.size()], gradient);
    double atStart = Math.sqrt(Vectors.dot(gradient, gradient));
    double[] w = Lbfgs.minimize(objective, new double[objective.size()]);
    double atMinimum = objective.at(w, gradient);
    assertTrue(Math.sqrt(Vectors.dot(gradient, gradient)) <= 1e-6 * atStart);
    int row = FixtureFaces.DIMENSIONS + 1;
    for (int d = 0; d < row; d++) {
      double sum = 0;
      for (int person = 0; person < FixtureFaces.PEOPLE.size(); person++) {
        sum += w[person * row + d];
      }
      assertEquals(0, sum, 1e-3);
    }
    Random random = new Random(5);
    for (int i = 0; i < 100; i++) {
      double[] near = w.clone();
      near[random.nextInt(near.length)] += 0.1 * random.nextGaussian();
      assertTrue(objective.at(near, new double[near.length]) >= atMinimum);
    }
  }

  static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    int person = 0;
    for (Map.Entry<String, List<Embedding>> entry : FixtureFaces.people().entrySet()) {
      for (Embedding photo : entry.getValue()) {
        samples.add(Sample.original(photo.toArray(), person, samples.size()));
      }
      person++;
    }
    return samples;
  }
}
