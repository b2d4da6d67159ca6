package io.facepipeline.stages;

import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stages of a pipeline, put together. */
public record Stages(
    FaceDetector detector,
    FaceAligner aligner,
    @Nullable FaceEmbedder embedder,
    @Nullable FaceClassifier classifier,
    List<FaceAttribute> attributes,
    @Nullable LiveGate gate,
    StageWatch watch) {
  public Stages {
    attributes = List.copyOf(attributes);
  }

  public Stages withClassifier(FaceClassifier other) {
    return new Stages(detector, aligner, embedder, other, attributes, gate, watch);
  }

  /** What has to be closed, in that order. */
  public List<AutoCloseable> closeables() {
    List<AutoCloseable> all = new ArrayList<>();
    all.add(detector);
    if (embedder != null) {
      all.add(embedder);
    }
    if (classifier != null) {
      all.add(classifier);
    }
    all.addAll(attributes);
    return all;
  }

  /** Refuses a classifier that works with embeddings of another model. */
  public static void requireSameModel(
      @Nullable FaceEmbedder embedder, @Nullable FaceClassifier classifier) {
    if (embedder != null
        && classifier != null
        && !ModelCard.sameEmbedding(embedder.card().fingerprint(), classifier.fingerprint())) {
      throw new IllegalArgumentException(
          "the classifier works with embeddings of "
              + classifier.fingerprint()
              + ", but the embedder is "
              + embedder.card().fingerprint()
              + "; use the model it was made with, with the same preprocessing and mirroring, or"
              + " create it again");
    }
  }
}
