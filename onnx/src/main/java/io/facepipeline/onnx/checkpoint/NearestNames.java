package io.facepipeline.onnx.checkpoint;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which names a misspelt one may have meant. */
final class NearestNames {
  private static final int COUNT = 3;
  private static final int MAX_LENGTH = 200;

  private NearestNames() {}

  static List<String> of(String wanted, Collection<String> names) {
    record Scored(String name, int distance) {}
    return names.stream()
        .map(name -> new Scored(name, distance(cut(wanted), cut(name))))
        .sorted(Comparator.comparingInt(Scored::distance))
        .limit(COUNT)
        .map(Scored::name)
        .toList();
  }

  private static String cut(String name) {
    return name.length() > MAX_LENGTH ? name.substring(0, MAX_LENGTH) : name;
  }

  /** The number of insertions, deletions and replacements that lead from one to the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
