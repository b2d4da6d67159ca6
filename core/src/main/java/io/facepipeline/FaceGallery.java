package io.facepipeline;

import io.facepipeline.internal.Labels;
import java.util.List;

/**
 * A classifier that enrolls and removes people one by one, with at least one photo of each.
 * Thread-safe: enrollments are atomic.
 */
public interface FaceGallery extends FaceClassifier {
  /**
   * Adds embeddings of a person to those already there.
   *
   * @param label the person's label, stored in the form of {@link Labels#accept}
   * @param embeddings at least one embedding
   * @throws IllegalArgumentException if the label is not valid ({@link Labels}), there is no
   *     embedding, or an embedding comes from another model
   */
  default void enroll(String label, List<Embedding> embeddings) {
    enrollAll(List.of(Enrollment.of(label, embeddings)));
  }

  /**
   * Adds faces of several people in one atomic write.
   *
   * @param enrollments the people, their faces and metadata; a person may occur several times
   * @throws IllegalArgumentException if an embedding comes from another model
   */
  void enrollAll(List<Enrollment> enrollments);

  /**
   * Replaces all faces of a person, or enrolls the person. The person is never without a face in
   * between.
   *
   * @param enrollment the person, the new faces, and metadata to add to the person's
   * @throws IllegalArgumentException if an embedding comes from another model
   */
  void replace(Enrollment enrollment);

  /**
   * Removes a person.
   *
   * @param label the person's label, in composed or decomposed form
   * @return how many embeddings were removed; 0 if the label is not enrolled
   */
  int remove(String label);

  /** {@return the labels of all enrolled people, in order of their first enrollment} */
  List<String> labels();
}
