package io.facepipeline.classify.training;

import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.file.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Tests a learner on photos that it has not been trained on. No copy of a tested photo, and no copy
 * that a tested photo was mixed into, is trained on.
 */
public final class CrossValidation {
  private static final int NO_FOLD = -1;
  private static final int MOST_GROUPS = 20;

  private final TrainingSet set;
  private final Learner learner;
  private final long seed;

  /** The fold of each photo; of a person's only photo none, which is always trained on. */
  private final int[] foldOfPhoto;

  private final int folds;
  private final Consumer<String> progress;

  public CrossValidation(
      TrainingSet set, Learner learner, int folds, long seed, Consumer<String> progress) {
    this.set = set;
    this.learner = learner;
    this.seed = seed;
    this.progress = progress;
    int most = Arrays.stream(set.photosOfPeople()).max().orElse(0);
    if (most < 2) {
      throw ClassifierException.untrainable(
          "nobody has two photos, so nothing can be tested; add at least two photos of one person");
    }
    this.folds = Math.min(folds, most);
    this.foldOfPhoto = stratified();
  }

  public int folds() {
    return folds;
  }

  /** How often {@link #strangers} trains. */
  public int groups() {
    return Math.min(set.people(), MOST_GROUPS);
  }

  /** What became of a tested photo. */
  public record Tested(int person, int named, double ownScore, double bestOther) {
    double bestScore() {
      return Math.max(ownScore, bestOther);
    }
  }

  /** Deals each person's photos out to the folds, in a drawn order; each begins where one ended. */
  private int[] stratified() {
    int[] folds = new int[set.photos()];
    Arrays.fill(folds, NO_FOLD);
    List<List<Integer>> photos = new ArrayList<>();
    for (int i = 0; i < set.people(); i++) {
      photos.add(new ArrayList<>());
    }
    set.originals().forEach(s -> photos.get(s.person()).add(s.photo()));
    Random random = new Random(seed);
    int next = 0;
    for (List<Integer> ofPerson : photos) {
      if (ofPerson.size() < 2) {
        continue;
      }
      Collections.shuffle(ofPerson, random);
      for (int photo : ofPerson) {
        folds[photo] = next++ % this.folds;
      }
    }
    return folds;
  }

  /** Tests every photo of people with two or more, by classifiers trained on the other folds. */
  public List<Tested> test(SortedMap<String, Double> hyperparameters) {
    List<Tested> tested = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      int fold = f;
      progress.accept(
          "cross-validation, fold " + (fold + 1) + " of " + folds + named(hyperparameters));
      Scorer scorer =
          learner.learn(
              without(photo -> foldOfPhoto[photo] == fold), set.people(), hyperparameters);
      for (Sample sample : set.originals()) {
        if (foldOfPhoto[sample.photo()] == fold) {
          tested.add(tested(sample.person(), scorer.scores(sample.vector())));
        }
      }
    }
    return tested;
  }

  private static Tested tested(int person, double[] scores) {
    int other = person == 0 ? 1 : 0;
    for (int i = 0; i < scores.length; i++) {
      if (i != person && scores[i] > scores[other]) {
        other = i;
      }
    }
    // A tie is a mistake: nothing tells the two apart.
    int named = scores[person] > scores[other] ? person : other;
    return new Tested(person, named, scores[person], scores[other]);
  }

  private List<Sample> without(IntPredicate photos) {
    return set.samples().stream()
        .filter(
            s ->
                !photos.test(s.photo())
                    && (s.partner() == Sample.NO_PARTNER || !photos.test(s.partner())))
        .toList();
  }

  /**
   * How alike strangers are to the people: the best scores of each person's photos with classifiers
   * that do not know the person. Of up to 20 people each is left out in turn, of more a twentieth
   * of them at a time.
   */
  public double[] strangers(SortedMap<String, Double> hyperparameters) {
    int people = set.people();
    int groups = groups();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    int[] groupOfPerson = new int[people];
    for (int i = 0; i < people; i++) {
      groupOfPerson[order.get(i)] = i % groups;
    }
    int[] groupOfPhoto = new int[set.photos()];
    set.originals().forEach(s -> groupOfPhoto[s.photo()] = groupOfPerson[s.person()]);
    List<Double> scores = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      int group = g;
      progress.accept("strangers, group " + (group + 1) + " of " + groups);
      int[] number = new int[people];
      int known = 0;
      for (int i = 0; i < people; i++) {
        number[i] = groupOfPerson[i] == group ? 0 : known++;
      }
      List<Sample> others =
          without(photo -> groupOfPhoto[photo] == group).stream()
              .map(s -> s.ofPerson(number[s.person()]))
              .toList();
      Scorer scorer = learner.learn(others, known, hyperparameters);
      for (Sample sample : set.originals()) {
        if (groupOfPhoto[sample.photo()] == group) {
          scores.add(best(scorer, sample.vector()));
        }
      }
    }
    return scores.stream().mapToDouble(Double::doubleValue).toArray();
  }

  public static double best(Scorer scorer, float[] vector) {
    return Arrays.stream(scorer.scores(vector)).max().orElseThrow();
  }

  public static String named(SortedMap<String, Double> hyperparameters) {
    StringBuilder text = new StringBuilder();
    hyperparameters.forEach(
        (name, value) -> text.append(", ").append(name).append(' ').append(value));
    return text.toString();
  }

  /** The share of photos that were named right. */
  public static double accuracy(List<Tested> tested) {
    return tested.stream().filter(t -> t.named() == t.person()).count() / (double) tested.size();
  }

  /**
   * How often a photo is more like the person it shows than another photo is like the wrong person
   * most like it: the area under the curve of the two kinds of scores.
   */
  public static double separation(List<Tested> tested) {
    double[] others = tested.stream().mapToDouble(Tested::bestOther).sorted().toArray();
    double below = 0;
    for (Tested t : tested) {
      below += (rank(others, t.ownScore(), false) + rank(others, t.ownScore(), true)) / 2.0;
    }
    return below / ((double) tested.size() * others.length);
  }

  /** How many of the sorted values are below a value, or not above it. */
  private static int rank(double[] sorted, double value, boolean withEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || (withEqual && sorted[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
