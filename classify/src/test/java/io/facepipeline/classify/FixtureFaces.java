package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.testkit.FormulaWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Embeddings by formula, and the files of classifiers trained on them. */
public final class FixtureFaces {
  static final String MODEL = "formula@0123456789ab";
  public static final int DIMENSIONS = 8;
  public static final List<String> PEOPLE = List.of("ada", "bao", "chidi", "dalia", "Émil");
  private static final int PHOTOS = 3;
  private static final float NOISE = 0.25f;

  private FixtureFaces() {}

  public static Map<String, List<Embedding>> people() {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    for (String person : PEOPLE) {
      List<Embedding> photos = new ArrayList<>();
      for (int photo = 0; photo < PHOTOS; photo++) {
        photos.add(face(person, photo));
      }
      people.put(person, photos);
    }
    return people;
  }

  static Embedding face(String person, int photo) {
    float[] vector = values(person);
    float[] noise = values(person + " " + photo);
    for (int d = 0; d < vector.length; d++) {
      vector[d] += NOISE * noise[d];
    }
    return Embedding.of(MODEL, vector);
  }

  private static float[] values(String name) {
    return FormulaWeights.values(name, FormulaWeights.Kind.INPUT, DIMENSIONS);
  }

  static TrainedClassifier train(ClassifierKind kind) {
    return kind.trainer().fromEmbeddings(people()).classifier();
  }

  /** What is asked of a saved classifier: new photos of the people, and a stranger. */
  public static List<Embedding> probes() {
    List<Embedding> probes = new ArrayList<>();
    PEOPLE.forEach(person -> probes.add(face(person, 100)));
    probes.add(face("stranger", 0));
    return probes;
  }

  /** A line per probe: who was named, and the best score. */
  static List<String> answers(TrainedClassifier classifier) {
    return probes().stream()
        .map(classifier::classify)
        .map(
            who ->
                String.format(
                    Locale.ROOT, "%s %.5f", who.isKnown() ? who.label() : "unknown", who.score()))
        .toList();
  }

  /**
   * Writes the fixtures of a new format version into a folder; those of old versions stay as they
   * are.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "v" + ClassifierFile.VERSION);
    for (ClassifierKind kind : ClassifierKind.values()) {
      TrainedClassifier classifier = train(kind);
      classifier.save(folder.resolve(kind.id() + ".classifier"));
      Files.write(folder.resolve(kind.id() + ".answers.txt"), answers(classifier));
    }
  }
}
