package io.facepipeline.training.embedder;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Something that a student is to learn from its views. */
interface Lesson extends AutoCloseable {

  /** {@return what the log calls what it shows} */
  String column();

  /**
   * {@return what is wrong with a batch's features}
   *
   * @param images what the student saw, [n, 3, side, side]
   * @param features [n, dimensions], not normalized
   * @param views the numbers of the n views
   * @param teacher the teacher's embeddings of them, [n, dimensions], of unit length; without
   *     columns if there is no teacher
   * @param step counted from 0
   */
  Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step);

  /**
   * What a batch came to.
   *
   * @param loss a scalar to be lowered
   * @param shown a scalar for the log
   */
  record Result(Tensor loss, Tensor shown) {}

  /** {@return what is trained beside the student, by name} */
  default Map<String, Tensor> parameters() {
    return Map.of();
  }

  /** {@return what has to be kept beside, by name} */
  default Map<String, Tensor> buffers() {
    return Map.of();
  }

  @Override
  default void close() {}
}
