package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartsTest {
  private static final List<String> NAMES = List.of("cat", "dog", "eel");

  /** 20 cats, 11 dogs and 5 eels. */
  private static final List<Integer> LABELS = labels(20, 11, 5);

  private static final List<Integer> ALL = IntStream.range(0, 36).boxed().toList();

  private static List<Integer> labels(int... counts) {
    List<Integer> labels = new ArrayList<>();
    for (int label = 0; label < counts.length; label++) {
      labels.addAll(Collections.nCopies(counts[label], label));
    }
    return labels;
  }

  private static long count(List<Integer> photos, int label) {
    return photos.stream().filter(p -> LABELS.get(p) == label).count();
  }

  @Test
  void aShareIsTakenOfEachClass() {
    List<Integer> taken = Parts.share(ALL, LABELS, NAMES, 0.2, 7);
    assertEquals(4, count(taken, 0));
    assertEquals(2, count(taken, 1));
    assertEquals(1, count(taken, 2));
    assertEquals(taken, Parts.share(ALL, LABELS, NAMES, 0.2, 7));
    assertNotEquals(taken, Parts.share(ALL, LABELS, NAMES, 0.2, 8));
    List<Integer> left = Parts.without(ALL, taken);
    assertEquals(29, left.size());
    assertTrue(Collections.disjoint(left, taken));
  }

  @Test
  void somethingIsTakenAndSomethingLeftHoweverSmallTheClass() {
    List<Integer> labels = labels(2, 2);
    List<Integer> all = List.of(0, 1, 2, 3);
    assertEquals(2, Parts.share(all, labels, NAMES, 0.01, 1).size());
    assertEquals(2, Parts.share(all, labels, NAMES, 0.99, 1).size());
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () -> Parts.share(List.of(0, 1, 2), labels, NAMES, 0.2, 1));
    assertTrue(e.getMessage().startsWith("dog has one photo"), e.getMessage());
  }

  @Test
  void everyPhotoIsInOneFoldAndTheFoldsAreEqual() {
    List<List<Integer>> folds = Parts.folds(ALL, LABELS, NAMES, 5, 3);
    assertEquals(ALL, folds.stream().flatMap(List::stream).sorted().toList());
    for (List<Integer> fold : folds) {
      assertEquals(4, count(fold, 0));
      assertTrue(count(fold, 1) == 2 || count(fold, 1) == 3, fold.toString());
      assertEquals(1, count(fold, 2));
      assertTrue(fold.size() == 7 || fold.size() == 8, fold.toString());
    }
    FacePipelineException e =
        assertThrows(FacePipelineException.class, () -> Parts.folds(ALL, LABELS, NAMES, 6, 3));
    assertTrue(e.getMessage().contains("eel has 5 photos"), e.getMessage());
  }
}
