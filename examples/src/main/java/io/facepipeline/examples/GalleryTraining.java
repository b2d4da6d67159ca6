package io.facepipeline.examples;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.Gallery;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classifiers that are a gallery: of all photos (nearest neighbour), or of each person's mean. */
final class GalleryTraining implements ClassifierTraining {
  private static final float NOBODY_REJECTED = -1;

  @Override
  public FaceClassifier train(
      String kind, ModelCard card, Map<String, List<Embedding>> people, @Nullable Float threshold) {
    boolean mean = kind.equals("centroid");
    if (!mean && !kind.equals("knn")) {
      throw new IllegalArgumentException(
          "no classifier is called " + kind + " here; there are knn and centroid");
    }
    Gallery gallery =
        threshold == null
            ? Gallery.inMemory(card)
            : Gallery.inMemory(card, Math.max(NOBODY_REJECTED, threshold));
    people.forEach(
        (person, embeddings) ->
            gallery.enroll(person, mean ? List.of(mean(card, embeddings)) : embeddings));
    return gallery;
  }

  private static Embedding mean(ModelCard card, List<Embedding> embeddings) {
    float[] sum = new float[card.embeddingSize()];
    for (Embedding embedding : embeddings) {
      float[] vector = embedding.toArray();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vector[i];
      }
    }
    return Embedding.of(card.fingerprint(), sum);
  }
}
