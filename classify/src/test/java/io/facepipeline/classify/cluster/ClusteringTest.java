package io.facepipeline.classify.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.classify.cluster.FaceClustering.Clusters.PairwiseAgreement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusteringTest {
  private static final String MODEL = "test@1";

  /** A point on the unit circle. */
  private static Embedding at(double degrees) {
    double radians = Math.toRadians(degrees);
    return Embedding.of(MODEL, new float[] {(float) Math.cos(radians), (float) Math.sin(radians)});
  }

  private static float cosine(double degrees) {
    return (float) Math.cos(Math.toRadians(degrees));
  }

  private static List<Integer> numbers(FaceClustering.Clusters clusters) {
    return IntStream.range(0, clusters.faces()).map(clusters::clusterOf).boxed().toList();
  }

  static List<FaceClustering> methods() {
    return List.of(new AverageLinkage(0.5f), new ChineseWhispers(0.5f, 1), new Dbscan(0.5f, 1));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void peopleWhoAreFarApartAreTold(FaceClustering method) {
    List<Embedding> faces = new ArrayList<>();
    List<String> people = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      int person = i % 23;
      faces.add(near(person, random, 0.4));
      people.add("person " + person);
    }
    FaceClustering.Clusters clusters = method.cluster(faces);
    assertEquals(23, clusters.count());
    assertEquals(1, clusters.comparedWith(people).f1());
    assertEquals(clusters, method.cluster(faces), "the same again");
  }

  private static Embedding near(int person, Random random, double noise) {
    Random direction = new Random(person);
    float[] vector = new float[64];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (direction.nextGaussian() + noise * random.nextGaussian());
    }
    return Embedding.of(MODEL, vector);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void takesNoFacesAndOne(FaceClustering method) {
    assertEquals(0, method.cluster(List.of()).count());
    FaceClustering.Clusters one = method.cluster(List.of(at(10)));
    assertEquals(1, one.count());
    assertEquals(List.of(0), one.members(0));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void refusesFacesOfDifferentModels(FaceClustering method) {
    List<Embedding> mixed = List.of(at(0), Embedding.of("other@2", new float[] {1, 0}));
    assertThrows(IllegalArgumentException.class, () -> method.cluster(mixed));
  }

  @Test
  void dbscanFindsChainsEdgesAndLonelyFaces() {
    // Every 10 degrees from 0 to 40 a face; 52 is alike to 40 only, and 200 to none.
    List<Embedding> faces = List.of(at(0), at(10), at(20), at(30), at(40), at(52), at(200));
    FaceClustering.Clusters three = new Dbscan(cosine(12.5), 3).cluster(faces);
    // 0 has two in reach and is no core, but 10 is one and takes it in; so 40 takes in 52.
    assertEquals(List.of(0, 0, 0, 0, 0, 0, FaceClustering.Clusters.ALONE), numbers(three));
    assertEquals(List.of(6), three.alone());
    FaceClustering.Clusters four = new Dbscan(cosine(12.5), 4).cluster(faces);
    assertEquals(0, four.count(), "nobody has three others in reach");
    FaceClustering.Clusters strict = new Dbscan(cosine(11), 3).cluster(faces);
    assertEquals(List.of(0, 0, 0, 0, 0, -1, -1), numbers(strict));
    // A face at the edge of two clusters that was called alone before goes to the first.
    List<Embedding> edge = List.of(at(20), at(0), at(8), at(12), at(28), at(32), at(40));
    assertEquals(List.of(0, 0, 0, 0, 0, 0, 0), numbers(new Dbscan(cosine(9), 3).cluster(edge)));
  }

  @Test
  void averageLinkageJoinsByTheAverage() {
    // 0 and 10 are joined first (cosine 0.985), then 40 and 55 (0.966). The average of the four
    // links between the two groups: cos 40, 55, 30, 45 degrees = 0.766, 0.574, 0.866, 0.707.
    List<Embedding> faces = List.of(at(0), at(40), at(10), at(55));
    double between = (cosine(40) + cosine(55) + cosine(30) + cosine(45)) / 4.0;
    assertEquals(
        List.of(0, 0, 0, 0), numbers(new AverageLinkage((float) between - 1e-4f).cluster(faces)));
    assertEquals(
        List.of(0, 1, 0, 1), numbers(new AverageLinkage((float) between + 1e-4f).cluster(faces)));
    assertEquals(List.of(0, 1, 0, 2), numbers(new AverageLinkage(0.97f).cluster(faces)));
    assertEquals(List.of(0, 1, 2, 3), numbers(new AverageLinkage(0.99f).cluster(faces)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void averageLinkageEqualsThePlainAlgorithm(int seed) {
    Random random = new Random(seed);
    List<Embedding> faces = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      faces.add(near(random.nextInt(15), random, 1.5));
    }
    for (float least : new float[] {-1, 0, 0.1f, 0.2f, 0.3f, 0.4f, 0.6f}) {
      assertEquals(plain(faces, least), new AverageLinkage(least).cluster(faces), "at " + least);
    }
  }

  /** Looks at all pairs of clusters for each join, and at all pairs of faces for each of them. */
  private static FaceClustering.Clusters plain(List<Embedding> faces, float least) {
    List<List<Integer>> clusters = new ArrayList<>();
    for (int i = 0; i < faces.size(); i++) {
      clusters.add(new ArrayList<>(List.of(i)));
    }
    while (clusters.size() > 1) {
      double best = Double.NEGATIVE_INFINITY;
      int a = 0;
      int b = 0;
      for (int i = 0; i < clusters.size(); i++) {
        for (int j = 0; j < i; j++) {
          double sum = 0;
          for (int x : clusters.get(i)) {
            for (int y : clusters.get(j)) {
              sum += faces.get(x).similarity(faces.get(y));
            }
          }
          double average = sum / (clusters.get(i).size() * clusters.get(j).size());
          if (average > best) {
            best = average;
            a = j;
            b = i;
          }
        }
      }
      if (best < least) {
        break;
      }
      clusters.get(a).addAll(clusters.remove(b));
    }
    int[] marks = new int[faces.size()];
    for (int c = 0; c < clusters.size(); c++) {
      for (int face : clusters.get(c)) {
        marks[face] = c;
      }
    }
    return FaceClustering.Clusters.ofMarks(marks);
  }

  @Test
  void whispersSplitTwoGroupsThatOneWeakLinkJoins() {
    // Two triangles of strong links, and one weak link from 16 to 76 degrees.
    List<Embedding> faces = List.of(at(0), at(8), at(16), at(76), at(84), at(92));
    FaceClustering.Clusters clusters = new ChineseWhispers(cosine(60.1), 5).cluster(faces);
    assertEquals(List.of(0, 0, 0, 1, 1, 1), numbers(clusters));
    // DBSCAN, which knows no weights, makes one of them.
    assertEquals(1, new Dbscan(cosine(60.1), 1).cluster(faces).count());
  }

  @Test
  void theOrderOfTheFacesDecidesOnNumbersOnly() {
    Random random = new Random(8);
    List<Embedding> faces = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      faces.add(near(i % 7, random, 0.4));
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, 60).boxed().toList());
    Collections.shuffle(order, random);
    for (FaceClustering method : methods()) {
      FaceClustering.Clusters straight = method.cluster(faces);
      FaceClustering.Clusters shuffled = method.cluster(order.stream().map(faces::get).toList());
      for (int i = 0; i < 60; i++) {
        for (int j = 0; j < i; j++) {
          assertEquals(
              straight.clusterOf(order.get(i)) == straight.clusterOf(order.get(j)),
              shuffled.clusterOf(i) == shuffled.clusterOf(j));
        }
      }
    }
  }

  @Test
  void clustersAreNumberedBySizeAndComparedPairByPair() {
    FaceClustering.Clusters clusters =
        FaceClustering.Clusters.ofMarks(new int[] {7, 3, 3, -1, 7, 3, 5});
    assertEquals(List.of(1, 0, 0, -1, 1, 0, 2), numbers(clusters));
    assertEquals(List.of(1, 2, 5), clusters.members(0));
    assertEquals(List.of(3), clusters.alone());
    PairwiseAgreement agreement = clusters.comparedWith(List.of("a", "b", "b", "b", "a", "a", "a"));
    // Together: 3 + 1 pairs, of which b-b and a-a are right; the same: 6 of a and 3 of b.
    assertEquals(new PairwiseAgreement(2, 4, 9), agreement);
    assertEquals(0.5, agreement.precision());
    assertEquals(2.0 / 9, agreement.recall());
    assertEquals(2 * 0.5 * (2.0 / 9) / (0.5 + 2.0 / 9), agreement.f1(), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> clusters.comparedWith(List.of("a", "b")));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new AverageLinkage(1.1f));
    assertThrows(IllegalArgumentException.class, () -> new AverageLinkage(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Dbscan(0.5f, 0));
    assertThrows(IllegalArgumentException.class, () -> new ChineseWhispers(-0.1f, 1));
    assertThrows(IllegalArgumentException.class, () -> new ChineseWhispers(0.5f, 0, 1));
    List<Embedding> many = Collections.nCopies(AverageLinkage.MAX_FACES + 1, at(0));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new AverageLinkage(0.5f).cluster(many));
    assertTrue(e.getMessage().contains("30001"), e.getMessage());
  }
}
