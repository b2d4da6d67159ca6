package io.facepipeline.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "detector",
        "detector --out OUT",
        "detector --out OUT --labels absent.csv",
        "detector --out OUT --labels absent.csv --side 100",
        "embedder",
        "embedder --out OUT",
        "embedder --out OUT --photos absent",
        "embedder --out OUT --photos . --steps 0",
        "embedder --out OUT --photos . --strength 2",
        "embedder --out OUT --photos . --no-teacher",
        "embedder --out OUT --photos . --teacher absent.onnx",
        "embedder --out OUT --photos . --loss FOCAL",
        "embedder --out OUT --photos . --head ARCFACE --focus 2",
        "embedder --out OUT --photos . --head ARCFACE --head-parameter width=2",
        "embedder --out OUT --photos . --min-photos 0",
        "mtcnn",
        "mtcnn --out OUT",
        "mtcnn --out OUT --labels absent.csv",
        "mtcnn --out OUT --labels absent.csv --effort 0",
        "train-network",
        "train-network --out OUT",
        "train-network --out OUT --photos absent",
        "train-network --out OUT --photos . --epochs none"
      })
  void wrongUsageEndsWithTwo(String line) {
    String[] args = line.replace("OUT", folder.resolve("out").toString()).split(" ", -1);
    assertEquals(2, Main.run(args));
  }
}
