package io.facepipeline.training.embedder;

import com.google.common.collect.ImmutableMap;
import io.facepipeline.training.torch.Tensors;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How like the teacher finds the faces that the student takes for most alike. Each view of a batch
 * is compared with a queue of earlier ones; of the similarities that are highest to the student,
 * the squared difference from the teacher's is lowered. What a batch alone hardly holds, strangers
 * who look alike, decides how often two people are taken for one. Shows the mean difference of
 * these similarities, which is positive while the student finds strangers too alike.
 *
 * <p>Queues of embeddings are from momentum contrast (He et al. 2020), relations as knowledge from
 * Park et al. 2019. Owns the queue, whose embeddings the student made in the last steps.
 */
final class HardRelations implements Lesson {
  private final Choice choice;
  private final Tensor students;
  private final Tensor teachers;

  /**
   * What a user decides.
   *
   * @param queue how many earlier views a view is compared with, at most
   * @param hardest how many of them count
   * @param weight how much it counts
   */
  record Choice(int queue, int hardest, double weight) {}

  HardRelations(Choice choice, int dimensions) {
    this.choice = choice;
    students = empty(dimensions);
    teachers = empty(dimensions);
  }

  private Tensor empty(int dimensions) {
    float[] zeros = new float[Math.multiplyExact(choice.queue(), dimensions)];
    return Tensors.floats(zeros, choice.queue(), dimensions).retainReference();
  }

  @Override
  public String column() {
    return "excess";
  }

  @Override
  public Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step) {
    Tensor embeddings = torch.normalize(features);
    long earlier = (long) step * views.length;
    int filled = (int) Math.min(earlier, choice.queue());
    Result result =
        filled < choice.hardest()
            ? new Result(torch.zeros(new long[0]), torch.zeros(new long[0]))
            : compared(embeddings, teacher, filled);
    int[] places =
        IntStream.range(0, views.length).map(i -> (int) ((earlier + i) % choice.queue())).toArray();
    Tensor at = Tensors.indexes(places);
    students.index_copy_(0, at, embeddings.detach());
    teachers.index_copy_(0, at, teacher);
    return result;
  }

  private Result compared(Tensor embeddings, Tensor teacher, int filled) {
    // A copy, since the slope is taken after the batch has entered the queue.
    Tensor earlier = students.narrow(0, 0, filled).clone();
    Tensor found = torch.mm(embeddings, earlier.t());
    Tensor told = torch.mm(teacher, teachers.narrow(0, 0, filled).t());
    Tensor hardest = torch.topk(found.detach(), choice.hardest()).get1();
    Tensor excess = found.gather(1, hardest).sub(told.gather(1, hardest));
    return new Result(
        excess.square().mean().mul(new Scalar(choice.weight())), excess.detach().mean());
  }

  @Override
  public Map<String, Tensor> buffers() {
    return ImmutableMap.of("relations.student", students, "relations.teacher", teachers);
  }

  @Override
  public void close() {
    students.close();
    teachers.close();
  }
}
