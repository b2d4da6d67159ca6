package io.facepipeline.classify.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.file.NeighborScorer;
import io.facepipeline.classify.file.Scorer;
import io.facepipeline.classify.training.CrossValidation.Tested;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CrossValidationTest {
  private static final int PEOPLE = 6;

  /** People with one to six photos; of each photo a copy, and one mixed with another photo. */
  private static TrainingSet set() {
    List<Sample> samples = new ArrayList<>();
    int photo = 0;
    for (int person = 0; person < PEOPLE; person++) {
      // The first person has one photo, the others two to six.
      for (int i = 0; i <= person; i++) {
        samples.add(Sample.original(new float[] {photo, person}, person, photo));
        photo++;
      }
    }
    int photos = photo;
    for (Sample original : List.copyOf(samples)) {
      samples.add(original.copy(new float[] {original.photo(), -1}, Sample.NO_PARTNER));
      int partner = (original.photo() * 7 + 3) % photos;
      samples.add(original.copy(new float[] {original.photo(), -2}, partner));
    }
    return new TrainingSet("m@1", List.of("a", "b", "c", "d", "e", "f"), samples, photos, "");
  }

  /** Remembers what it was trained on. */
  private static final class Watcher implements Learner {
    private final List<Set<Integer>> trainings = new ArrayList<>();

    @Override
    public List<SortedMap<String, Double>> candidates(int mostPhotos) {
      return List.of(new TreeMap<>());
    }

    @Override
    public Scorer learn(
        List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
      Set<Integer> photos = new HashSet<>();
      for (Sample sample : samples) {
        photos.add(sample.photo());
        if (sample.partner() != Sample.NO_PARTNER) {
          photos.add(sample.partner());
        }
      }
      trainings.add(photos);
      assertEquals(
          people,
          samples.stream().map(Sample::person).distinct().count(),
          "everyone who is to be learned has a photo");
      return new NeighborScorer(
          1,
          samples.stream().map(Sample::vector).toArray(float[][]::new),
          samples.stream().mapToInt(Sample::person).toArray(),
          people);
    }
  }

  @Test
  void neverTrainsOnWhatItTests() {
    TrainingSet set = set();
    List<String> steps = new ArrayList<>();
    Watcher learner = new Watcher();
    CrossValidation validation = new CrossValidation(set, learner, 3, 9, steps::add);
    List<Tested> tested = validation.test(new TreeMap<>());
    assertEquals(3, learner.trainings.size());
    assertEquals(3, steps.size());
    // All photos but the only one of a person are tested, once.
    assertEquals(set.photos() - 1, tested.size());
    Set<Integer> everTrained = new HashSet<>();
    for (Set<Integer> trained : learner.trainings) {
      int missing = 0;
      for (int photo = 0; photo < set.photos(); photo++) {
        missing += trained.contains(photo) ? 0 : 1;
      }
      assertTrue(missing >= 6 && missing <= 7, "a third of twenty is left out, got " + missing);
      assertTrue(trained.contains(0), "the only photo of a person is always trained on");
      everTrained.addAll(trained);
    }
    assertEquals(set.photos(), everTrained.size());
  }

  @Test
  void strangersAreUnknownToTheClassifierThatJudgesThem() {
    TrainingSet set = set();
    Watcher learner = new Watcher();
    CrossValidation validation = new CrossValidation(set, learner, 3, 9, step -> {});
    double[] scores = validation.strangers(new TreeMap<>());
    assertEquals(set.photos(), scores.length);
    assertEquals(PEOPLE, learner.trainings.size());
    Set<Set<Integer>> leftOut =
        learner.trainings.stream()
            .map(
                trained ->
                    set.originals().stream()
                        .filter(s -> !trained.contains(s.photo()))
                        .map(Sample::person)
                        .collect(Collectors.toSet()))
            .collect(Collectors.toSet());
    assertEquals(PEOPLE, leftOut.size(), "each person once");
    assertTrue(leftOut.stream().allMatch(people -> people.size() == 1));
  }

  @Test
  void separationIsTheAreaUnderTheCurve() {
    List<Tested> tested =
        List.of(new Tested(0, 0, 0.9, 0.1), new Tested(0, 0, 0.5, 0.3), new Tested(1, 0, 0.3, 0.6));
    // 0.9 and above 0.1, 0.3, 0.6; 0.5 above 0.1, 0.3; 0.3 above 0.1 and level with 0.3.
    assertEquals((3 + 2 + 1.5) / 9, CrossValidation.separation(tested), 1e-12);
    assertEquals(2.0 / 3, CrossValidation.accuracy(tested), 1e-12);
  }

  @Test
  void nobodyWithTwoPhotosIsRefused() {
    List<Sample> samples =
        List.of(
            Sample.original(new float[] {1, 0}, 0, 0), Sample.original(new float[] {0, 1}, 1, 1));
    TrainingSet set = new TrainingSet("m@1", List.of("a", "b"), samples, 2, "");
    ClassifierException e =
        assertThrows(
            ClassifierException.class,
            () -> new CrossValidation(set, new CentroidLearner(), 5, 1, step -> {}));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("two photos"), e.getMessage());
  }
}
