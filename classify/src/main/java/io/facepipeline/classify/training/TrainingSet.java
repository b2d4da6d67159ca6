package io.facepipeline.classify.training;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.internal.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a classifier is trained on.
 *
 * @param embedder the fingerprint of the model
 * @param labels the people
 * @param samples the vectors: for each photo its own, and perhaps those of changed copies
 * @param photos how many photos there are
 * @param augmentation what copies were made; empty if none
 */
public record TrainingSet(
    String embedder, List<String> labels, List<Sample> samples, int photos, String augmentation) {

  /** A vector per photo, without copies. */
  public static TrainingSet of(Map<String, List<Embedding>> people) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    List<Sample> samples = new ArrayList<>();
    Embedding first = null;
    for (Map.Entry<String, List<Embedding>> person : people.entrySet()) {
      String label = Labels.accept(person.getKey());
      if (person.getValue().isEmpty()) {
        throw ClassifierException.untrainable(
            label + " has no photo to train on; add some or leave the person out");
      }
      numbers.putIfAbsent(label, numbers.size());
      int number = numbers.getOrDefault(label, 0);
      for (Embedding embedding : person.getValue()) {
        first = first == null ? embedding : first;
        requireSameModel(first, embedding);
        samples.add(Sample.original(embedding.toArray(), number, samples.size()));
      }
    }
    if (first == null || numbers.size() < 2) {
      throw tooFewPeople(numbers.size(), List.of());
    }
    List<String> labels = List.copyOf(numbers.keySet());
    return new TrainingSet(first.fingerprint(), labels, samples, samples.size(), "");
  }

  static void requireSameModel(Embedding first, Embedding other) {
    if (!ModelCard.sameEmbedding(other.fingerprint(), first.fingerprint())
        || other.size() != first.size()) {
      throw new IllegalArgumentException(
          "cannot train on embeddings of different models: "
              + first
              + " and "
              + other
              + "; embed all photos with the same model");
    }
  }

  static ClassifierException tooFewPeople(int count, List<PhotoNote> refused) {
    return ClassifierException.untrainable(
        "a classifier needs photos of at least two people, got "
            + count
            + "; add people, or enroll a single person in a gallery"
            + (refused.isEmpty()
                ? ""
                : "; " + refused.size() + " photos were left out, the first: " + refused.get(0)));
  }

  public List<Sample> originals() {
    return samples.stream().filter(Sample::isOriginal).toList();
  }

  public int people() {
    return labels.size();
  }

  public int[] photosOfPeople() {
    int[] counts = new int[people()];
    originals().forEach(s -> counts[s.person()]++);
    return counts;
  }
}
