package io.facepipeline.training.embedder;

import io.facepipeline.Embedding;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.internal.ImpostorScores;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.VerificationReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an embedder reaches on pairs of people who were kept out of its training, the whole pipeline
 * on photos as they are.
 *
 * @param report accuracy and rates
 * @param impostors the similarities of all photos of different people
 */
record EmbedderFigures(VerificationReport report, ImpostorScores impostors) {
  /** In how many parts the pairs are put: each is judged with the threshold best on the others. */
  private static final int PARTS = 10;

  private static final int THREADS = 2;

  /**
   * {@return the figures of an embedder}
   *
   * @param detector finds the faces; the one nearest to the center is meant
   * @param pairs who was kept out
   */
  static EmbedderFigures of(
      FaceDetector detector,
      FaceEmbedder embedder,
      List<FacePair> pairs,
      ProgressListener progress) {
    Map<Path, String> people = new LinkedHashMap<>();
    for (FacePair pair : pairs) {
      people.put(pair.first().file(), pair.first().person());
      people.put(pair.second().file(), pair.second().person());
    }
    Map<Path, EvaluationRun.EvaluatedPhoto> photos;
    // Closes both stages.
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .withoutClassifier()
            .selection(FaceSelection.centerWeighted())
            .parallelism(THREADS)
            .build()) {
      photos = EvaluationRun.of(pipeline).withListener(progress).embed(people.keySet());
    }
    Map<String, List<Embedding>> embeddings = new TreeMap<>();
    photos.forEach(
        (file, photo) ->
            photo
                .embedding()
                .ifPresent(
                    e ->
                        embeddings
                            .computeIfAbsent(people.get(file), name -> new ArrayList<>())
                            .add(e)));
    return new EmbedderFigures(
        VerificationReport.of(inParts(pairs), photos), ImpostorScores.between(embeddings, THREADS));
  }

  /** As many pairs of the same person and of different people in each part, as far as it goes. */
  private static List<FacePair> inParts(List<FacePair> pairs) {
    List<FacePair> parts = new ArrayList<>();
    int[] dealt = new int[2];
    for (FacePair pair : pairs) {
      int part = dealt[pair.same() ? 1 : 0]++ % PARTS;
      parts.add(new FacePair(pair.first(), pair.second(), pair.same(), part));
    }
    return parts;
  }

  /**
   * {@return the thresholds for a card}
   *
   * @param data what the photos are
   */
  ModelCard.Thresholds thresholds(String data) {
    return new ModelCard.Thresholds(
        threshold(ModelCard.Thresholds.VERIFICATION_FAR),
        threshold(ModelCard.Thresholds.IDENTIFICATION_FAR),
        impostors.pairs(),
        data);
  }

  private float threshold(double falseAcceptRate) {
    return (float) impostors.atFalseAcceptRate(falseAcceptRate).threshold();
  }

  /** {@return the figures by name} */
  Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, @Nullable Object> all = report.values();
    for (String name :
        List.of(
            "pairs", "accuracy", "accuracyInterval", "accuracyAtEer", "tarAtFar", "withoutFace")) {
      values.put(name, all.get(name));
    }
    return values;
  }
}
