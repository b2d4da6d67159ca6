package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Point;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.internal.OutputSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputReaderTest {
  private static OutputReader reader(String json, String... classes) {
    String output = json.startsWith("{") ? json.replace('\'', '"') : '"' + json + '"';
    return new OutputReader(OutputSpec.parse(output, "age"), List.of(classes));
  }

  private static Map<String, float[]> numbers(float... numbers) {
    return Map.of("y", numbers);
  }

  @Test
  void aSingleNumberIsTheProbabilityOfTheSecondClass() {
    assertArrayEquals(
        new float[] {0.25f, 0.75f},
        reader("probability", "closed", "open").labelProbabilities(numbers(0.75f)));
    assertArrayEquals(
        new float[] {0.5f, 0.5f},
        reader("sigmoid", "closed", "open").labelProbabilities(numbers(0)));
    assertEquals(
        1 / (1 + Math.exp(-2)),
        reader("sigmoid", "closed", "open").labelProbabilities(numbers(2))[1],
        1e-6);
  }

  @Test
  void aValueIsScaledAndShifted() {
    OutputReader years = reader("{'kind': 'value', 'from': 2, 'scale': 100, 'offset': -1}");
    assertEquals(29, years.measured(numbers(7, 8, 0.3f)).get("age"), 1e-5);
    assertEquals("", years.unit());
    assertEquals(Map.of("age", 41f), reader("value").measured(numbers(41)));
  }

  @Test
  void binsAreAveragedByTheirProbabilities() {
    String bins = "{'kind': 'bins', 'bins': 3, 'scale': 10, 'offset': 5, 'of': 'probabilities'}";
    assertEquals(Map.of("age", 20f), reader(bins).measured(numbers(0.25f, 0, 0.75f)));
    String logits = "{'kind': 'bins', 'bins': 3, 'unit': 'years'}";
    assertEquals(Map.of("age", 1f), reader(logits).measured(numbers(4, 4, 4)));
    assertEquals(2, reader(logits).measured(numbers(0, 0, 90)).get("age"), 1e-6);
  }

  /** Rz(roll) Ry(yaw) Rx(pitch), row by row. */
  private static float[] matrix(double yaw, double pitch, double roll) {
    double y = Math.toRadians(yaw);
    double p = Math.toRadians(pitch);
    double r = Math.toRadians(roll);
    return new float[] {
      (float) (Math.cos(r) * Math.cos(y)),
      (float) (Math.cos(r) * Math.sin(y) * Math.sin(p) - Math.sin(r) * Math.cos(p)),
      (float) (Math.cos(r) * Math.sin(y) * Math.cos(p) + Math.sin(r) * Math.sin(p)),
      (float) (Math.sin(r) * Math.cos(y)),
      (float) (Math.sin(r) * Math.sin(y) * Math.sin(p) + Math.cos(r) * Math.cos(p)),
      (float) (Math.sin(r) * Math.sin(y) * Math.cos(p) - Math.cos(r) * Math.sin(p)),
      (float) -Math.sin(y),
      (float) (Math.cos(y) * Math.sin(p)),
      (float) (Math.cos(y) * Math.cos(p))
    };
  }

  @Test
  void theAnglesOfAMatrixAreThoseItWasMadeOf() {
    OutputReader reader = reader("rotation");
    for (double[] angles : new double[][] {{0, 0, 0}, {31, -12, 7}, {-75, 40, -120}, {5, 170, 2}}) {
      Map<String, Float> told = reader.measured(numbers(matrix(angles[0], angles[1], angles[2])));
      assertEquals(angles[0], told.get("yaw"), 1e-3);
      assertEquals(angles[1], told.get("pitch"), 1e-3);
      assertEquals(angles[2], told.get("roll"), 1e-3);
    }
    // A head that looks straight to the side: pitch and roll turn it about the same axis.
    float[] locked = matrix(90, 20, 0);
    locked[0] = 0;
    locked[3] = 0;
    Map<String, Float> told = reader.measured(numbers(locked));
    assertEquals(90, told.get("yaw"), 1e-3);
    assertEquals(20, told.get("pitch"), 1e-3);
    assertEquals(0, told.get("roll"));
    assertEquals(OutputSpec.ANGLES, List.copyOf(told.keySet()));
  }

  @Test
  void pointsAreSharesOfTheCrop() {
    OutputReader unit = reader("{'kind': 'points', 'count': 2, 'range': [0, 1]}");
    assertEquals(
        List.of(new Point(0, 50), new Point(25, 200)),
        unit.points(numbers(0, 0.25f, 0.25f, 1), 100, 200));
    OutputReader signed = reader("{'kind': 'points', 'count': 1, 'range': [-1, 1], 'from': 2}");
    assertEquals(List.of(new Point(96, 0)), signed.points(numbers(9, 9, 0, -1), 192, 192));
    assertEquals(List.of(), unit.five());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maybe                                                    | none of [logits",
        "{'name': 'y'}                                            | no \"kind\"",
        "{'kind': 'logits', 'scale': 2}                           | unknown key \"scale\"",
        "{'kind': 'value', 'scale': 0}                            | other than 0",
        "{'kind': 'value', 'from': -1}                            | counted from 0",
        "{'kind': 'value', 'from': 0.5}                           | counted from 0",
        "{'kind': 'value', 'values': []}                          | need labels",
        "{'kind': 'value', 'values': [{'label': 'a'}, {'label': 'a'}]} | each once",
        "{'kind': 'value', 'values': [{'from': 1}]}               | no \"label\"",
        "{'kind': 'value', 'bins': 3}                             | unknown key \"bins\"",
        "{'kind': 'bins'}                                         | no \"bins\"",
        "{'kind': 'bins', 'bins': 1}                              | two bins or more",
        "{'kind': 'bins', 'bins': 3, 'of': 'them'}                | got \"them\"",
        "{'kind': 'points', 'range': [0, 1]}                      | no \"count\"",
        "{'kind': 'points', 'count': 3, 'range': [1, 0]}          | the lower first",
        "{'kind': 'points', 'count': 3, 'range': [0, 1], 'five': [[0]]} | of 0 to 2",
        "{'kind': 'points', 'count': 3, 'range': [0, 1], 'five': [[0],[1],[2],[3],[0]]} | of 0 to"
            + " 2",
      })
  void whatIsWrongIsNamed(String json, String said) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> reader(json));
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }

  @Test
  void otherNumbersAreRefused() {
    Path file = Path.of("net.onnx");
    OutputReader pose = reader("rotation");
    pose.requireFit(file, numbers(new float[9]));
    assertThrows(MalformedModelException.class, () -> pose.requireFit(file, numbers(new float[6])));
    MalformedModelException several =
        assertThrows(
            MalformedModelException.class,
            () -> pose.requireFit(file, Map.of("a", new float[9], "b", new float[9])));
    assertTrue(several.getMessage().contains("name one of them"), several.getMessage());
    reader("{'kind': 'rotation', 'name': 'b'}")
        .requireFit(file, Map.of("a", new float[3], "b", new float[9]));
  }
}
