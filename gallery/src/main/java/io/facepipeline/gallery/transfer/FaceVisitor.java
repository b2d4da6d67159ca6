package io.facepipeline.gallery.transfer;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.IOException;
import java.util.List;

/** Takes a face that is exported; the vector is used again. */
@FunctionalInterface
interface FaceVisitor {
  void face(long id, Person person, float[] vector) throws IOException;

  /** Goes through a gallery's faces, person by person. */
  static void visit(
      Snapshot snapshot, int dimensions, ProgressListener listener, FaceVisitor visitor)
      throws IOException {
    float[] vector = new float[dimensions];
    List<Person> people = snapshot.everyone();
    for (int p = 0; p < people.size(); p++) {
      for (int row : snapshot.rowsOf(people.get(p))) {
        snapshot.vectors().copyRow(row, vector, 0);
        visitor.face(snapshot.idOfRow()[row], people.get(p), vector);
      }
      listener.progress(p + 1, people.size(), people.get(p).label());
    }
  }
}
