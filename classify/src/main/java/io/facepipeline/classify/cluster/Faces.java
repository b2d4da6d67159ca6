package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import java.util.List;

/** The embeddings in one array. */
final class Faces {
  private final int count;
  private final int dimensions;
  private final float[][] vectors;

  private Faces(float[][] vectors, int dimensions) {
    this.count = vectors.length;
    this.dimensions = dimensions;
    this.vectors = vectors;
  }

  static Faces of(List<Embedding> embeddings) {
    float[][] vectors = new float[embeddings.size()][];
    for (int i = 0; i < vectors.length; i++) {
      Embedding first = embeddings.get(0);
      Embedding e = embeddings.get(i);
      if (!ModelCard.sameEmbedding(e.fingerprint(), first.fingerprint())
          || e.size() != first.size()) {
        throw new IllegalArgumentException(
            "faces of different models cannot be clustered: "
                + first
                + " and "
                + e
                + "; embed all with the same model");
      }
      vectors[i] = e.toArray();
    }
    return new Faces(vectors, vectors.length == 0 ? 0 : vectors[0].length);
  }

  int count() {
    return count;
  }

  float similarity(int a, int b) {
    float[] x = vectors[a];
    float[] y = vectors[b];
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 4 <= dimensions; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (; i < dimensions; i++) {
      s0 += x[i] * y[i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
