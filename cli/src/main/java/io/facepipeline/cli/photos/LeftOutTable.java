package io.facepipeline.cli.photos;

import io.facepipeline.cli.output.Counted;
import io.facepipeline.evaluation.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The photos of which no face, or not every face, was cut, with the reasons. */
final class LeftOutTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final Map<String, Integer> leftOut = new TreeMap<>();
  private int photos;
  private int cut;
  private int crops;
  private int partly;

  /** Counts a photo; its name is as it was given. */
  void add(String name, AlignedPhoto photo) {
    photos++;
    cut += photo.isLeftOut() ? 0 : 1;
    crops += photo.crops().size();
    if (photo.reason() == null) {
      return;
    }
    if (photo.isLeftOut()) {
      leftOut.merge(photo.reason(), 1, Integer::sum);
    } else {
      partly++;
    }
    rows.add(
        List.of(
            name,
            String.valueOf(photo.faces()),
            String.valueOf(photo.crops().size()),
            photo.reason(),
            photo.detail()));
  }

  Table table() {
    return new Table(List.of("image", "faces", "crops", "reason", "detail"), rows);
  }

  /** Says how many photos were cut, and why others were not. */
  void print(PrintWriter out, int before) {
    out.println(
        Counted.of(crops, "crop")
            + " of "
            + Counted.of(cut, "photo")
            + (before > 0 ? " (" + before + " of them done before)" : ""));
    if (partly > 0) {
      out.println(Counted.of(partly, "photo") + " with faces that were not cut");
    }
    if (!leftOut.isEmpty()) {
      out.println("left out: " + (photos - cut) + " of " + Counted.of(photos, "photo"));
      leftOut.forEach((reason, count) -> out.printf("  %-14s %d%n", reason, count));
    }
  }
}
