package io.facepipeline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link FaceClassifier} must do. A test class extends this and says how to make one
 * that knows people.
 */
public abstract class FaceClassifierContract {
  /** The number of dimensions of the embeddings that the tests make. */
  protected static final int DIMENSIONS = 64;

  /** The card of their model. */
  protected static final ModelCard CARD =
      ModelCard.builder("test-model")
          .embeddingSize(DIMENSIONS)
          .crop(CropSpec.arcFace(112))
          .sourceSha256("0123456789abcdef")
          .thresholds(new ModelCard.Thresholds(0.5f, 0.6f, 1000, "test"))
          .build();

  /** Its fingerprint. */
  protected static final String MODEL = CARD.fingerprint();

  private static final int PHOTOS = 4;

  /** A trained classifier's sums depend on the order a little. */
  private static final float ORDER_OF_SUMS = 1e-3f;

  /**
   * {@return a classifier for {@link #MODEL} that knows some people}
   *
   * @param people the embeddings of each person's photos
   */
  protected abstract FaceClassifier classifier(Map<String, List<Embedding>> people);

  /**
   * {@return what a trained classifier throws for nobody or a single person; empty for one that
   * people are enrolled in, to which that is nothing wrong}
   */
  protected Optional<Class<? extends RuntimeException>> refusalOfTooFewPeople() {
    return Optional.empty();
  }

  /**
   * {@return the classifier as it comes back from a file; empty if it cannot be saved}
   *
   * @param classifier a classifier that {@link #classifier} made
   * @param file where to save it
   */
  protected Optional<FaceClassifier> savedAndLoaded(FaceClassifier classifier, Path file) {
    return Optional.empty();
  }

  @Test
  void namesThePeopleItKnows() {
    try (FaceClassifier classifier = classifier(people(6))) {
      for (int person = 0; person < 6; person++) {
        Match who = classifier.classify(photo(person, 1000));
        assertEquals("person " + person, who.label(), who.toString());
        assertTrue(who.score() >= who.threshold(), who.toString());
        assertEquals("person " + person, who.candidates().get(0).label());
      }
    }
  }

  @Test
  void rejectsStrangers() {
    try (FaceClassifier classifier = classifier(people(6))) {
      for (int stranger = 100; stranger < 120; stranger++) {
        Match who = classifier.classify(photo(stranger, 0));
        assertFalse(who.isKnown(), who.toString());
        assertTrue(who.score() < who.threshold(), who.toString());
      }
    }
  }

  @Test
  void ordersCandidatesByScore() {
    try (FaceClassifier classifier = classifier(people(6))) {
      List<Match.Candidate> candidates = classifier.classify(photo(3, 7)).candidates();
      for (int i = 1; i < candidates.size(); i++) {
        assertTrue(candidates.get(i - 1).score() >= candidates.get(i).score());
      }
    }
  }

  @Test
  void refusesEmbeddingsOfAnotherModel() {
    try (FaceClassifier classifier = classifier(people(3))) {
      assertEquals(MODEL, classifier.fingerprint());
      Embedding foreign = Embedding.of("other@ba9876543210", photo(0, 0).toArray());
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> classifier.classify(foreign));
      assertTrue(e.getMessage().contains("other@ba9876543210"), e.getMessage());
      assertTrue(e.getMessage().contains(MODEL), e.getMessage());
    }
  }

  @Test
  void refusesVectorsOfAnotherLength() {
    try (FaceClassifier classifier = classifier(people(3))) {
      Embedding shorter = Embedding.of(MODEL, new float[] {1, 2, 3});
      assertThrows(IllegalArgumentException.class, () -> classifier.classify(shorter));
    }
  }

  @Test
  void refusesToBeTrainedOnTooFewPeople() {
    Optional<Class<? extends RuntimeException>> refusal = refusalOfTooFewPeople();
    Assumptions.assumeTrue(refusal.isPresent(), "people are enrolled, not trained on");
    for (int count = 0; count < 2; count++) {
      Map<String, List<Embedding>> few = people(count);
      RuntimeException e = assertThrows(refusal.get(), () -> classifier(few));
      assertTrue(e.getMessage().contains("two people, got " + count), e.getMessage());
    }
  }

  @Test
  void answersAlikeAfterItWasSaved(@TempDir Path folder) {
    try (FaceClassifier classifier = classifier(people(6))) {
      Optional<FaceClassifier> loaded =
          savedAndLoaded(classifier, folder.resolve("saved/classifier"));
      Assumptions.assumeTrue(loaded.isPresent(), "this classifier cannot be saved");
      assertEquals(classifier.fingerprint(), loaded.get().fingerprint());
      for (int i = 0; i < 40; i++) {
        Match before = classifier.classify(photo(i % 8, i));
        Match after = loaded.get().classify(photo(i % 8, i));
        assertEquals(before.candidates(), after.candidates());
        assertEquals(before.label(), after.label());
        assertEquals(before.threshold(), after.threshold());
      }
      loaded.get().close();
    }
  }

  @Test
  void answersManyThreadsAlike() throws Exception {
    try (FaceClassifier classifier = classifier(people(6))) {
      List<Match> expected = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        expected.add(classifier.classify(photo(i % 8, i)));
      }
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<Match>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Embedding probe = photo(i % 8, i);
        answers.add(threads.submit(() -> classifier.classify(probe)));
      }
      for (int i = 0; i < 50; i++) {
        assertEquals(expected.get(i).candidates(), answers.get(i).get().candidates());
      }
      threads.shutdown();
    }
  }

  @Test
  void anAnswerDoesNotHangOnTheProbesBefore() {
    try (FaceClassifier classifier = classifier(people(6))) {
      List<Match> first = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        first.add(classifier.classify(photo(i % 8, i)));
      }
      for (int i = 15; i >= 0; i--) {
        Match again = classifier.classify(photo(i % 8, i));
        assertEquals(first.get(i).candidates(), again.candidates());
        assertEquals(first.get(i).threshold(), again.threshold());
      }
    }
  }

  @Test
  void answersSeveralTogetherAsOneByOne() {
    try (FaceClassifier classifier = classifier(people(6))) {
      List<Embedding> probes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        probes.add(photo(i % 8, i));
      }
      List<Match> together = classifier.classifyAll(probes);
      assertEquals(probes.size(), together.size());
      for (int i = 0; i < probes.size(); i++) {
        Match alone = classifier.classify(probes.get(i));
        assertEquals(alone.label(), together.get(i).label());
        assertEquals(alone.score(), together.get(i).score(), ORDER_OF_SUMS);
        assertEquals(alone.threshold(), together.get(i).threshold());
        assertEquals(alone.candidates().size(), together.get(i).candidates().size());
      }
      assertEquals(List.of(), classifier.classifyAll(List.of()));
    }
  }

  @Test
  void peopleMayComeInAnyOrder() {
    Map<String, List<Embedding>> people = people(6);
    List<String> names = new ArrayList<>(people.keySet());
    Collections.reverse(names);
    Map<String, List<Embedding>> backwards = new LinkedHashMap<>();
    names.forEach(name -> backwards.put(name, people.getOrDefault(name, List.of())));
    try (FaceClassifier classifier = classifier(people);
        FaceClassifier other = classifier(backwards)) {
      for (int i = 0; i < 40; i++) {
        Match expected = classifier.classify(photo(i % 8, i));
        Match found = other.classify(photo(i % 8, i));
        assertEquals(expected.label(), found.label());
        assertEquals(expected.score(), found.score(), ORDER_OF_SUMS);
      }
    }
  }

  /** {@return several photos of each of some people} */
  protected static Map<String, List<Embedding>> people(int count) {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    for (int person = 0; person < count; person++) {
      List<Embedding> photos = new ArrayList<>();
      for (int photo = 0; photo < PHOTOS; photo++) {
        photos.add(photo(person, photo));
      }
      people.put("person " + person, photos);
    }
    return people;
  }

  /**
   * {@return a photo's embedding: near the person's own direction, which is far from everyone
   * else's}
   */
  protected static Embedding photo(int person, int number) {
    Random direction = new Random(person);
    Random noise = new Random(31L * person + number + 12345);
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      vector[i] = (float) (direction.nextGaussian() + 0.3 * noise.nextGaussian());
    }
    return Embedding.of(MODEL, vector);
  }
}
