package io.facepipeline;

import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the stages do with one photo, for calls on the pipeline's workers. Thread-safe. */
final class PhotoStages {
  private final Stages stages;
  private final FaceSelection selection;
  private final Workers workers;

  PhotoStages(Stages stages, FaceSelection selection, Workers workers) {
    this.stages = stages;
    this.selection = selection;
    this.workers = workers;
  }

  List<Face> detect(Image image) {
    FaceDetector detector = stages.detector();
    return stages
        .watch()
        .detect(image, detector, () -> Answers.list(detector.detect(image), detector));
  }

  List<AlignedFace> align(Image image, List<Face> faces, CropSpec spec) {
    if (faces.isEmpty()) {
      return List.of();
    }
    FaceAligner aligner = stages.aligner();
    AlignedFace[] crops = new AlignedFace[faces.size()];
    return stages
        .watch()
        .align(
            spec,
            () -> {
              workers.forEach(
                  crops.length,
                  i -> crops[i] = Answers.value(aligner.align(image, faces.get(i), spec), aligner));
              return List.of(crops);
            });
  }

  List<EmbeddedFace> embed(Image image, List<Face> faces, FaceEmbedder embedder) {
    return embed(align(image, faces, embedder.crop()), embedder);
  }

  /** The crops' faces with their embeddings. */
  List<EmbeddedFace> embed(List<AlignedFace> crops, FaceEmbedder embedder) {
    List<Embedding> embeddings = embeddings(crops, embedder);
    List<EmbeddedFace> faces = new ArrayList<>(crops.size());
    for (int i = 0; i < crops.size(); i++) {
      faces.add(new EmbeddedFace(crops.get(i).face(), embeddings.get(i)));
    }
    return Collections.unmodifiableList(faces);
  }

  /** An embedding for each crop, or an exception that names the embedder. */
  List<Embedding> embeddings(List<AlignedFace> crops, FaceEmbedder embedder) {
    return crops.isEmpty()
        ? List.of()
        : stages
            .watch()
            .embed(embedder, () -> Answers.listOf(crops.size(), embedder.embed(crops), embedder));
  }

  /** The face of a photo that is meant, with what enrolling tells of it. */
  FaceSelection.Selected selected(Image photo, FaceEmbedder embedder) {
    List<Face> faces = detect(photo);
    EmbeddedFace one = meant(photo, faces, embedder);
    List<Face> others = faces.stream().filter(face -> !face.equals(one.face())).toList();
    return new FaceSelection.Selected(
        one.face(), FaceQuality.of(photo, one.face()), others, one.embedding());
  }

  private EmbeddedFace meant(Image photo, List<Face> faces, FaceEmbedder embedder) {
    Face face = stages.watch().select(() -> meant(photo, faces));
    return embed(photo, List.of(face), embedder).get(0);
  }

  private Face meant(Image photo, List<Face> faces) {
    return selection
        .select(faces, photo.width(), photo.height())
        .orElseThrow(
            () ->
                new FaceCountException(
                    "no face found in the "
                        + photo
                        + "; use a photo in which the face is larger and turned to the camera,"
                        + " or lower the detector's minimum face size",
                    faces));
  }

  Verification verify(Image a, Image b, FaceEmbedder embedder, float threshold) {
    EmbeddedFace first = meant(a, detect(a), embedder);
    EmbeddedFace second = meant(b, detect(b), embedder);
    float similarity = first.embedding().similarity(second.embedding());
    ModelCard card = embedder.card();
    Double far =
        card.measured().isPresent() && threshold == card.verificationThreshold()
            ? ModelCard.Thresholds.VERIFICATION_FAR
            : null;
    return new Verification(
        similarity >= threshold, similarity, threshold, far, first.face(), second.face());
  }

  List<Identification> identify(FaceClassifier namer, List<EmbeddedFace> faces) {
    if (faces.isEmpty()) {
      return List.of();
    }
    List<Embedding> embeddings = faces.stream().map(EmbeddedFace::embedding).toList();
    List<Match> matches =
        stages
            .watch()
            .classify(
                namer, () -> Answers.listOf(faces.size(), namer.classifyAll(embeddings), namer));
    List<Identification> who = new ArrayList<>(faces.size());
    for (int i = 0; i < faces.size(); i++) {
      who.add(Identification.of(faces.get(i).face(), matches.get(i)));
    }
    return Collections.unmodifiableList(who);
  }

  private List<AttributeScores> scores(Image image, List<Face> faces, FaceAttribute model) {
    return stages
        .watch()
        .attributes(
            model,
            () ->
                Answers.listOf(
                    faces.size(), model.classify(image, faces, stages.aligner()), model));
  }

  List<AnalyzedFace> analyze(Image image) {
    List<Face> faces = detect(image);
    FaceEmbedder embedder = stages.embedder();
    FaceClassifier namer = stages.classifier();
    List<Identification> identities =
        embedder == null || namer == null
            ? List.of()
            : identify(namer, embed(image, faces, embedder));
    List<List<AttributeScores>> scores =
        stages.attributes().stream().map(model -> scores(image, faces, model)).toList();
    List<AnalyzedFace> analyzed = new ArrayList<>();
    for (int i = 0; i < faces.size(); i++) {
      int at = i;
      analyzed.add(
          new AnalyzedFace(
              faces.get(i),
              FaceQuality.of(image, faces.get(i)),
              identities.isEmpty() ? null : identities.get(i),
              scores.stream().map(of -> of.get(at)).toList()));
    }
    return analyzed;
  }
}
