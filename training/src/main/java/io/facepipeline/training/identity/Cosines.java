package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The cosines between features and the people's weight vectors, of which a margin changes only
 * those of the true people.
 *
 * @param all [n, people]
 * @param columns who each row is, [n, 1]
 */
record Cosines(Tensor all, Tensor columns) {

  static Cosines of(Tensor features, Tensor weight, Tensor labels) {
    Tensor all = torch.mm(torch.normalize(features), torch.normalize(weight).t());
    return new Cosines(all, labels.unsqueeze(1));
  }

  /** {@return the cosine of each row with the true person, [n, 1]} */
  Tensor ofTruth() {
    return all.gather(1, columns);
  }

  /** {@return the cosines with the true people's replaced} */
  Tensor with(Tensor truth) {
    return with(all, truth);
  }

  /** {@return what became of the cosines, [n, people], and of those of the true people, [n, 1]} */
  Tensor with(Tensor others, Tensor truth) {
    return others.scatter(1, columns, truth);
  }
}
