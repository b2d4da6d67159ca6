package io.facepipeline.classify.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PhotoLinkageTest {
  private static final float LEAST = 0.3f;

  /** Ties and forbidden pairs too, in the order in which looking at all pairs finds them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void joinsWhatLookingAtAllPairsJoins(long seed) {
    Random random = new Random(seed);
    List<Embedding> people = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      people.add(face(random, null, 0));
    }
    List<Embedding> faces = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      // Some are copies of each other, so that many pairs are equally alike.
      boolean copy = i > 0 && random.nextInt(4) == 0;
      faces.add(
          copy
              ? faces.get(random.nextInt(faces.size()))
              : face(random, people.get(random.nextInt(6)), seed % 2 == 0 ? 0.5 : 2));
    }
    Faces all = Faces.of(faces);
    PhotoLinkage linkage = new PhotoLinkage(all, LEAST);
    boolean[][] forbidden = new boolean[faces.size()][faces.size()];
    for (int i = 0; i < 60; i++) {
      int a = random.nextInt(faces.size());
      int b = random.nextInt(faces.size());
      if (a != b) {
        linkage.forbid(a, b);
        forbidden[a][b] = true;
        forbidden[b][a] = true;
      }
    }
    linkage.joinAlike();
    boolean[] sure = new boolean[faces.size()];
    Arrays.fill(sure, true);
    assertArrayEquals(numbered(pairByPair(all, forbidden)), numbered(linkage.groups(sure)));
  }

  /** Looks at all pairs before each join. */
  private static int[] pairByPair(Faces faces, boolean[][] forbidden) {
    int count = faces.count();
    float[][] similarity = new float[count][count];
    int[] group = new int[count];
    int[] size = new int[count];
    for (int i = 0; i < count; i++) {
      group[i] = i;
      size[i] = 1;
      for (int j = 0; j < i; j++) {
        float s = forbidden[i][j] ? PhotoLinkage.FORBIDDEN : faces.similarity(i, j);
        similarity[i][j] = s;
        similarity[j][i] = s;
      }
    }
    while (true) {
      int a = -1;
      int b = -1;
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          if (i != j
              && size[i] > 0
              && size[j] > 0
              && similarity[i][j] >= LEAST
              && (a < 0 || similarity[i][j] > similarity[a][b])) {
            a = i;
            b = j;
          }
        }
      }
      if (a < 0) {
        return group;
      }
      int into = Math.min(a, b);
      int gone = Math.max(a, b);
      int together = size[into] + size[gone];
      for (int i = 0; i < count; i++) {
        float own = similarity[into][i];
        float other = similarity[gone][i];
        float s =
            own == PhotoLinkage.FORBIDDEN || other == PhotoLinkage.FORBIDDEN
                ? PhotoLinkage.FORBIDDEN
                : (float) (((double) size[into] * own + (double) size[gone] * other) / together);
        similarity[into][i] = s;
        similarity[i][into] = s;
        group[i] = group[i] == gone ? into : group[i];
      }
      size[into] = together;
      size[gone] = 0;
    }
  }

  private static int[] numbered(int[] groups) {
    Map<Integer, Integer> numbers = new HashMap<>();
    return Arrays.stream(groups)
        .map(g -> numbers.computeIfAbsent(g, k -> numbers.size()))
        .toArray();
  }

  private static Embedding face(Random random, Embedding around, double noise) {
    float[] vector = new float[24];
    for (int i = 0; i < vector.length; i++) {
      double near = around == null ? random.nextGaussian() : 5 * around.values()[i];
      vector[i] = (float) (near + noise * random.nextGaussian());
    }
    return Embedding.of("test@1", vector);
  }

  /** An album of one person, all of whose photos are near to the group that grows. */
  @Test
  @Timeout(120)
  void thousandsOfPhotosOfOnePersonAreSortedSoon() {
    Random random = new Random(1);
    Embedding person = face(random, null, 0);
    List<Embedding> faces = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      faces.add(i % 2 == 0 ? person : face(random, person, 0.5));
    }
    PhotoLinkage linkage = new PhotoLinkage(Faces.of(faces), LEAST);
    linkage.joinAlike();
    linkage.joinSmall();
    assertEquals(1, Arrays.stream(linkage.groups(new boolean[faces.size()])).distinct().count());
  }
}
