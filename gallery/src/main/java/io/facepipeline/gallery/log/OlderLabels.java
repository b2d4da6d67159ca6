package io.facepipeline.gallery.log;

import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.internal.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels that a gallery took before they were brought to composed form: a person who was enrolled
 * in decomposed form gets the composed label, and is joined with whoever has it.
 */
public final class OlderLabels {
  private OlderLabels() {}

  /** The changes that bring everyone to the form in which labels are looked for. */
  public static List<GalleryChange> changes(Snapshot snapshot, int dimensions) {
    List<GalleryChange> changes = new ArrayList<>();
    Map<String, Map<String, String>> metadata = new HashMap<>();
    List<Person> older = new ArrayList<>();
    for (Person person : snapshot.everyone()) {
      if (Labels.normalize(person.label()).equals(person.label())) {
        metadata.put(person.label(), person.metadata());
      } else {
        older.add(person);
      }
    }
    for (Person person : older) {
      String label = Labels.normalize(person.label());
      Map<String, String> kept = metadata.get(label);
      if (kept == null) {
        metadata.put(label, person.metadata());
        changes.add(new GalleryChange.RemovePerson(person.label()));
        changes.addAll(enrolling(snapshot, person, label, dimensions));
        continue;
      }
      changes.add(new GalleryChange.Merge(person.label(), label));
      Map<String, String> both = new HashMap<>(person.metadata());
      both.putAll(kept);
      if (!both.equals(kept)) {
        metadata.put(label, both);
        changes.add(new GalleryChange.SetMetadata(label, Map.copyOf(both)));
      }
    }
    return changes;
  }

  private static List<GalleryChange> enrolling(
      Snapshot snapshot, Person person, String label, int dimensions) {
    List<GalleryChange> changes = new ArrayList<>();
    int most = GalleryChange.mostFaces(dimensions);
    int[] rows = snapshot.rowsOf(person);
    Map<String, String> metadata = person.metadata();
    for (int from = 0; from < rows.length; from += most) {
      int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + most));
      long[] ids = new long[some.length];
      float[] vectors = new float[some.length * dimensions];
      for (int i = 0; i < some.length; i++) {
        ids[i] = snapshot.idOfRow()[some[i]];
        snapshot.vectors().copyRow(some[i], vectors, i * dimensions);
      }
      changes.add(new GalleryChange.Enroll(label, false, metadata, ids, vectors, -1));
      metadata = Map.of();
    }
    return changes;
  }
}
