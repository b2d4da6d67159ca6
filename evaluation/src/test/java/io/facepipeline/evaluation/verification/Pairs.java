package io.facepipeline.evaluation.verification;

import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Scored pairs for tests. */
public final class Pairs {
  private final List<ScoredPair> pairs = new ArrayList<>();

  public Pairs same(int fold, double... similarities) {
    return add(fold, true, similarities);
  }

  public Pairs different(int fold, double... similarities) {
    return add(fold, false, similarities);
  }

  public List<ScoredPair> list() {
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
