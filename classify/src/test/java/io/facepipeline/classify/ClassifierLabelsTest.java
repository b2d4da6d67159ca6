package io.facepipeline.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import io.facepipeline.internal.Labels;
import io.facepipeline.testkit.LabelSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels and the model that a classifier keeps, and those of files written before. */
class ClassifierLabelsTest {
  private static final String COMPOSED = "Zo\u00eb";
  private static final String DECOMPOSED = "Zoe\u0308";

  @TempDir Path root;

  private static Embedding face(int number) {
    return Embedding.of("fixture@0123456789ab", new float[] {1, number, number * number, -1});
  }

  private Path resource(String name) throws IOException {
    Path to = root.resolve("older.classifier");
    try (InputStream file = ClassifierLabelsTest.class.getResourceAsStream(name)) {
      Files.copy(file, to);
    }
    return to;
  }

  @Test
  void everyLabelComesBack() {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    for (int i = 0; i < LabelSamples.GOOD.size(); i++) {
      people.put(LabelSamples.GOOD.get(i), List.of(face(i), face(i)));
    }
    Path file = root.resolve("saved");
    ClassifierKind.KNN.trainer().fromEmbeddings(people).classifier().save(file);
    assertEquals(
        LabelSamples.GOOD.stream().map(Labels::normalize).toList(),
        TrainedClassifier.load(file).labels());
  }

  @Test
  void aTextThatMayNotBeALabelIsRefused() {
    for (String label : LabelSamples.BAD) {
      Map<String, List<Embedding>> people = new LinkedHashMap<>();
      people.put("ada", List.of(face(1)));
      people.put("bao", List.of(face(2)));
      people.put(label, List.of(face(4)));
      assertThrows(
          IllegalArgumentException.class,
          () -> ClassifierKind.KNN.trainer().fromEmbeddings(people));
    }
  }

  @Test
  void composedAndDecomposedAreOnePerson() {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    people.put(DECOMPOSED, List.of(face(1)));
    people.put("bao", List.of(face(2), face(2)));
    people.put(COMPOSED, List.of(face(1)));
    people.put("chidi", List.of(face(-2), face(-2)));
    assertEquals(
        List.of(COMPOSED, "bao", "chidi"),
        ClassifierKind.KNN.trainer().fromEmbeddings(people).classifier().labels());
  }

  @Test
  void anOlderFileNamesThePersonInComposedForm() throws IOException {
    TrainedClassifier classifier =
        TrainedClassifier.load(resource("/older-labels/decomposed.classifier"));
    assertEquals(List.of("ada", COMPOSED, "chidi"), classifier.labels());
    assertEquals(COMPOSED, classifier.classify(FixtureFaces.face(DECOMPOSED, 0)).label());
  }

  /** Written before fingerprints named how crops are prepared. */
  @Test
  void anOlderFileTakesEmbeddingsOfItsModel() throws IOException {
    TrainedClassifier older = TrainedClassifier.load(resource("/classifiers/v1/knn.classifier"));
    float[] ada = FixtureFaces.face("ada", 100).toArray();
    ModelCard card =
        ModelCard.builder("formula")
            .embeddingSize(FixtureFaces.DIMENSIONS)
            .crop(CropSpec.arcFace(112))
            .sourceSha256("0123456789abcdef")
            .build();
    assertEquals("ada", older.classify(Embedding.of(card.fingerprint(), ada)).label());
    Embedding other = Embedding.of(card.withSourceSha256("f1").fingerprint(), ada);
    assertThrows(IllegalArgumentException.class, () -> older.classify(other));
  }
}
