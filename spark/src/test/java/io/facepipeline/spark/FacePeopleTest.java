package io.facepipeline.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pairs and people, against each face compared with each. */
class FacePeopleTest {
  private static final String MODEL = "model@1";
  private static final int FACES = 700;
  private static final int DIMENSIONS = 24;

  private static SparkSession spark;
  private static List<Place> places;
  private static Dataset<Row> table;

  private record Place(String path, int face, Embedding embedding) {
    String name() {
      return path + "#" + face;
    }
  }

  private record Pair(Place a, Place b, float similarity) {}

  /** People of very different numbers of faces, near enough to one another to be mixed up. */
  @BeforeAll
  static void invent() {
    spark = LocalSpark.session();
    Random random = new Random(3);
    places = new ArrayList<>();
    float[][] people = new float[60][];
    for (int p = 0; p < people.length; p++) {
      people[p] = unit(random, new float[DIMENSIONS], 1);
    }
    for (int i = 0; i < FACES; i++) {
      int person = (int) (people.length * random.nextDouble() * random.nextDouble());
      places.add(
          new Place(
              "photo " + i / 3, i % 3, Embedding.of(MODEL, unit(random, people[person], 0.16f))));
    }
    table = table(places);
  }

  private static float[] unit(Random random, float[] around, float spread) {
    float[] vector = new float[DIMENSIONS];
    double norm = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) (around[d] + spread * random.nextGaussian());
      norm += vector[d] * vector[d];
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] /= (float) Math.sqrt(norm);
    }
    return vector;
  }

  private static Dataset<Row> table(List<Place> of) {
    List<Row> rows = new ArrayList<>();
    for (Place place : of) {
      rows.add(
          RowFactory.create(
              place.path, place.face, place.embedding.fingerprint(), place.embedding.toArray()));
    }
    rows.add(RowFactory.create("nobody", null, MODEL, null));
    return spark.createDataFrame(
        rows,
        FaceColumns.struct(
            FaceColumns.field("path", DataTypes.StringType),
            FaceColumns.nullable("face", DataTypes.IntegerType),
            FaceColumns.field("model", DataTypes.StringType),
            FaceColumns.nullable(
                "embedding", DataTypes.createArrayType(DataTypes.FloatType, false))));
  }

  private static List<Pair> pairs(float threshold) {
    List<Place> sorted =
        places.stream()
            .sorted(Comparator.comparing(Place::path).thenComparing(Place::face))
            .toList();
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      for (int j = i + 1; j < sorted.size(); j++) {
        float similarity = sorted.get(i).embedding.similarity(sorted.get(j).embedding);
        if (similarity >= threshold) {
          pairs.add(new Pair(sorted.get(i), sorted.get(j), similarity));
        }
      }
    }
    return pairs;
  }

  @Test
  void neighborsAreAllPairsThatAreSimilarEnough() {
    for (float threshold : new float[] {0.3f, 0.7f}) {
      Set<String> expected = new TreeSet<>();
      pairs(threshold)
          .forEach(p -> expected.add(p.a.name() + " " + p.b.name() + " " + p.similarity));
      List<Row> rows = FaceDatasets.neighbors(table, threshold).collectAsList();
      Set<String> found = new TreeSet<>();
      for (Row row : rows) {
        found.add(
            row.get(0) + "#" + row.get(1) + " " + row.get(2) + "#" + row.get(3) + " " + row.get(4));
      }
      assertEquals(expected, found);
      assertEquals(expected.size(), rows.size());
      assertTrue(expected.size() > 100, expected.size() + " pairs");
    }
  }

  @Test
  void aPairAtTheThresholdIsOne() {
    Place a = places.get(0);
    Place b = places.get(5);
    float similarity = a.embedding.similarity(b.embedding);
    Dataset<Row> two = table(List.of(a, b));
    assertEquals(1, FaceDatasets.neighbors(two, similarity).count());
    assertEquals(0, FaceDatasets.neighbors(two, Math.nextUp(similarity)).count());
  }

  @Test
  void peopleAreThoseOfJoiningTheMostSimilarFirst() {
    float threshold = 0.6f;
    Map<String, String> expected = joined(threshold);
    Map<String, String> found = people(FaceDatasets.cluster(table, threshold));
    assertEquals(expected, found);
    // Without the photos, some would be joined that are not.
    assertTrue(components(threshold) < new HashSet<>(expected.values()).size());
  }

  @Test
  void checkpointsGiveTheSame(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) {
    float threshold = 0.7f;
    spark.sparkContext().setCheckpointDir(folder.toString());
    try {
      assertEquals(joined(threshold), people(FaceDatasets.cluster(table, threshold)));
    } finally {
      spark.sparkContext().checkpointDir_$eq(scala.Option.empty());
    }
  }

  @Test
  void aLongChainIsOneComponent() {
    // Each face is like the next alone.
    List<Place> chain = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      float[] vector = new float[DIMENSIONS];
      double angle = 0.5 * i / 40 * Math.PI;
      vector[0] = (float) Math.cos(angle);
      vector[1] = (float) Math.sin(angle);
      chain.add(new Place("photo " + (i * 17) % 40, 0, Embedding.of(MODEL, vector)));
    }
    Map<String, String> found = people(FaceDatasets.cluster(table(chain), 0.999f));
    assertEquals(Set.of("photo 0#0"), new HashSet<>(found.values()));
    assertEquals(40, found.size());
  }

  @Test
  void rowsWithoutFaceHaveNoPerson() {
    Dataset<Row> sorted = FaceDatasets.cluster(table(places.subList(0, 3)), 0.9f);
    assertEquals(1, sorted.filter("person is null and path = 'nobody'").count());
    assertEquals(4, sorted.count());
    assertEquals(3, sorted.filter("person is not null").distinct().count());
  }

  @Test
  void facesOfTwoModelsAreRefused() {
    List<Place> mixed = new ArrayList<>(places.subList(0, 2));
    mixed.add(new Place("other", 0, Embedding.of("other@2", places.get(0).embedding.toArray())));
    Exception refused =
        assertThrows(
            Exception.class, () -> FaceDatasets.neighbors(table(mixed), -1).collectAsList());
    assertTrue(refused instanceof SparkException || refused.getCause() != null, "" + refused);
    assertTrue(refused.toString().contains("faces of different models"), refused.toString());
  }

  @Test
  void noFacesAreNoPairs() {
    assertEquals(0, FaceDatasets.neighbors(table(List.of()), 0).count());
    assertEquals(1, FaceDatasets.cluster(table(List.of()), 0).count());
  }

  private static Map<String, String> people(Dataset<Row> sorted) {
    Map<String, String> found = new TreeMap<>();
    for (Row row : sorted.filter("face is not null").collectAsList()) {
      found.put(row.getAs("path") + "#" + row.getAs("face"), row.getAs("person"));
    }
    return found;
  }

  /** The person of each face, by the definition. */
  private static Map<String, String> joined(float threshold) {
    List<Pair> pairs = new ArrayList<>(pairs(threshold));
    pairs.sort(Comparator.comparing(Pair::similarity).reversed()); // stable: then by place
    Map<Place, Set<Place>> groups = new HashMap<>();
    places.forEach(place -> groups.put(place, new HashSet<>(Set.of(place))));
    for (Pair pair : pairs) {
      Set<Place> a = groups.get(pair.a);
      Set<Place> b = groups.get(pair.b);
      if (a != b && a.stream().noneMatch(x -> b.stream().anyMatch(y -> x.path.equals(y.path)))) {
        a.addAll(b);
        b.forEach(place -> groups.put(place, a));
      }
    }
    Map<String, String> people = new TreeMap<>();
    groups.forEach(
        (place, group) -> {
          Place first =
              group.stream()
                  .min(Comparator.comparing(Place::path).thenComparing(Place::face))
                  .orElseThrow();
          people.put(place.name(), first.name());
        });
    return people;
  }

  private static long components(float threshold) {
    Map<Place, Set<Place>> groups = new HashMap<>();
    places.forEach(place -> groups.put(place, new HashSet<>(Set.of(place))));
    for (Pair pair : pairs(threshold)) {
      Set<Place> a = groups.get(pair.a);
      Set<Place> b = groups.get(pair.b);
      if (a != b) {
        a.addAll(b);
        b.forEach(place -> groups.put(place, a));
      }
    }
    return groups.values().stream().map(System::identityHashCode).distinct().count();
  }
}
