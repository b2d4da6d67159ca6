package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.common.hash.Hashing;
import io.facepipeline.Embedding;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.TrainedClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of trained classifiers. */
final class ClassifierFuzzTest {
  private static final int CHECKSUM = 32;
  private static final int DIMENSIONS = 4;

  static Stream<byte[]> files() throws IOException {
    Map<String, List<Embedding>> people = new TreeMap<>();
    Random random = new Random(1);
    for (String name : List.of("ada", "bob", "eve")) {
      float[] middle = vector(random);
      List<Embedding> faces = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        float[] face = vector(random);
        for (int d = 0; d < DIMENSIONS; d++) {
          face[d] = middle[d] + 0.1f * face[d];
        }
        faces.add(Embedding.of("tiny", face));
      }
      people.put(name, faces);
    }
    List<byte[]> files = new ArrayList<>();
    for (ClassifierKind kind : ClassifierKind.values()) {
      Path file = Hostile.file("seed.classifier", new byte[0]);
      kind.trainer().closedSet().fromEmbeddings(people).classifier().save(file);
      byte[] bytes = Files.readAllBytes(file);
      files.add(Arrays.copyOf(bytes, bytes.length - CHECKSUM));
    }
    return files.stream();
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSIONS];
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = random.nextFloat() - 0.5f;
    }
    return vector;
  }

  /** What stands before the checksum; the checksum is right. */
  @MethodSource("files")
  @FuzzTest
  void classifier(byte[] body) {
    byte[] file = Arrays.copyOf(body, body.length + CHECKSUM);
    byte[] checksum = Hashing.sha256().hashBytes(body).asBytes();
    System.arraycopy(checksum, 0, file, body.length, CHECKSUM);
    Hostile.read(
        () -> {
          TrainedClassifier read = TrainedClassifier.load(Hostile.file("hostile.classifier", file));
          if (read.labels().size() < 2) {
            throw new AssertionError("a classifier of " + read.labels());
          }
        });
  }
}
