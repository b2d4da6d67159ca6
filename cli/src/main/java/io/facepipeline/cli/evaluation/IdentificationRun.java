package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Trains a classifier on a split's gallery, has it name the other photos, and counts. A photo is
 * named right if an enrolled person gets their name, or a stranger none; one without a face is
 * wrong.
 */
final class IdentificationRun {
  private final IdentificationReport.Split split;
  private final Map<Path, EvaluationRun.EvaluatedPhoto> photos;

  private int tested;
  private int correct;
  private int rejected;
  private int withoutFace;

  private IdentificationRun(
      IdentificationReport.Split split, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    this.split = split;
    this.photos = photos;
  }

  /** The figures, and the photos they were made from. */
  record Result(
      IdentificationReport report,
      Map<String, @Nullable Object> values,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos) {}

  static Result of(
      CommandSpec spec,
      EvaluationStages stages,
      EvaluationOptions options,
      IdentificationReport.Split split,
      TrainerOptions training) {
    Set<Path> files = new LinkedHashSet<>();
    split.gallery().values().forEach(files::addAll);
    split.probes().forEach(probe -> files.add(probe.file()));
    split.strangers().forEach(stranger -> files.add(stranger.file()));
    Map<Path, EvaluationRun.EvaluatedPhoto> photos = options.embed(spec, stages, files);
    IdentificationReport report = IdentificationReport.of(split, photos);
    IdentificationRun run = new IdentificationRun(split, photos);
    Map<String, @Nullable Object> values = run.classify(stages.card(), training);
    values.putAll(report.values());
    values.putAll(stages.described());
    return new Result(report, values, photos);
  }

  private Map<String, @Nullable Object> classify(ModelCard card, TrainerOptions training) {
    Map<String, List<Embedding>> people = new TreeMap<>();
    split
        .gallery()
        .forEach(
            (person, files) -> {
              List<Embedding> embeddings =
                  files.stream().flatMap(file -> embedding(file).stream()).toList();
              if (!embeddings.isEmpty()) {
                people.put(person, embeddings);
              }
            });
    try (FaceClassifier classifier = training.train(card, people)) {
      split.probes().forEach(photo -> test(classifier, photo, true));
      split.strangers().forEach(photo -> test(classifier, photo, false));
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("classifier", training.classifier);
    values.put("trained", people.values().stream().mapToInt(List::size).sum());
    values.put("tested", tested);
    values.put("correct", correct);
    values.put("accuracy", tested == 0 ? null : (double) correct / tested);
    values.put("rejected", rejected);
    values.put("withoutFace", withoutFace);
    return values;
  }

  private void test(FaceClassifier classifier, PersonPhoto photo, boolean enrolled) {
    tested++;
    Optional<Embedding> face = embedding(photo.file());
    if (face.isEmpty()) {
      withoutFace++;
      return;
    }
    Match who = classifier.classify(face.get());
    if (!who.isKnown()) {
      rejected++;
    }
    if (Objects.equals(who.label(), enrolled ? photo.person() : null)) {
      correct++;
    }
  }

  private Optional<Embedding> embedding(Path file) {
    EvaluationRun.EvaluatedPhoto photo = photos.get(file);
    return photo == null ? Optional.empty() : photo.embedding();
  }
}
