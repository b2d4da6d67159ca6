package io.facepipeline.gallery.memory;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.gallery.log.GalleryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A change of a gallery: what its log keeps, and what makes its memory. */
public sealed interface GalleryChange {
  /**
   * Faces of a person are added.
   *
   * @param label the person
   * @param replace whether the person's older faces are removed first
   * @param metadata entries to put over those the person has
   * @param ids the new faces' ids
   * @param vectors the faces' unit vectors, one after the other; while a log is read, a longer
   *     array that is used again after the change was applied
   * @param position where in the log the vectors are to be read instead, or -1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Enroll(
      String label,
      boolean replace,
      Map<String, String> metadata,
      long[] ids,
      float[] vectors,
      long position)
      implements GalleryChange {}

  /**
   * The changes that enroll a person, of as many faces each as go into one record.
   *
   * @param firstId the first face's id; the others follow it
   */
  static List<GalleryChange> enrolling(
      Enrollment enrollment, boolean replace, long firstId, int dimensions) {
    List<Embedding> faces = enrollment.embeddings();
    List<GalleryChange> changes = new ArrayList<>();
    int most = mostFaces(dimensions);
    for (int from = 0; from < faces.size(); from += most) {
      List<Embedding> some = faces.subList(from, Math.min(faces.size(), from + most));
      long[] ids = new long[some.size()];
      float[] vectors = new float[some.size() * dimensions];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = firstId + from + i;
        some.get(i).copyTo(vectors, i * dimensions);
      }
      boolean first = from == 0;
      changes.add(
          new Enroll(
              enrollment.label(),
              replace && first,
              first ? enrollment.metadata() : Map.of(),
              ids,
              vectors,
              -1));
    }
    return changes;
  }

  /** How many faces changes add. */
  static int facesAdded(List<GalleryChange> changes) {
    return changes.stream().mapToInt(c -> c instanceof Enroll added ? added.ids.length : 0).sum();
  }

  /** How many faces go into one record. */
  static int mostFaces(int dimensions) {
    return Math.max(1, (GalleryRecord.MAX_PAYLOAD / 4) / (Long.BYTES + dimensions * Float.BYTES));
  }

  /** A person is removed. */
  record RemovePerson(String label) implements GalleryChange {}

  /** A face is removed, and its person if it was the last. */
  record RemoveFace(long id) implements GalleryChange {}

  /** A person's faces become another's. */
  record Merge(String label, String into) implements GalleryChange {}

  /** A person's metadata is replaced. */
  record SetMetadata(String label, Map<String, String> metadata) implements GalleryChange {}
}
