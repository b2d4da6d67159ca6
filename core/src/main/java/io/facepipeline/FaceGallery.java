package io.facepipeline;

import java.util.List;

/**
 * A classifier that learns people one by one, from a photo or more of each, and can forget them
 * again. Thread-safe: a search sees each enrolment wholly or not at all.
 */
public interface FaceGallery extends FaceClassifier {
  /**
   * Adds embeddings of a person; more of the same person are kept beside those already there.
   *
   * @param label the person's label, kept in the form of {@link Labels#accept}
   * @param embeddings at least one embedding
   * @throws IllegalArgumentException if the label may not be one ({@link Labels}), nothing is
   *     given, or an embedding comes from another model
   */
  void enroll(String label, List<Embedding> embeddings);

  /**
   * Forgets a person.
   *
   * @param label the person's label, in composed or decomposed form
   * @return how many embeddings were removed; 0 if the label is not enrolled
   */
  int remove(String label);

  /** {@return the labels of all enrolled people, in order of their first enrolment} */
  List<String> labels();
}
