package io.facepipeline.evaluation;

import io.facepipeline.evaluation.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Scored pairs for tests. */
final class Pairs {
  private final List<ScoredPair> pairs = new ArrayList<>();

  Pairs same(int fold, double... similarities) {
    return add(fold, true, similarities);
  }

  Pairs different(int fold, double... similarities) {
    return add(fold, false, similarities);
  }

  List<ScoredPair> list() {
    return List.copyOf(pairs);
  }

  private Pairs add(int fold, boolean same, double... similarities) {
    for (double similarity : similarities) {
      int n = pairs.size();
      PersonPhoto first = new PersonPhoto("a" + n, Path.of("a" + n + ".jpg"));
      PersonPhoto second = new PersonPhoto((same ? "a" : "b") + n, Path.of("b" + n + ".jpg"));
      pairs.add(new ScoredPair(new FacePair(first, second, same, fold), similarity));
    }
    return this;
  }
}
