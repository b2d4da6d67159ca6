package io.facepipeline.stages;

import io.facepipeline.AlignedFace;
import io.facepipeline.AnalyzedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceCountException;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FaceQuality;
import io.facepipeline.FaceSelection;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import io.facepipeline.Verification;
import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the stages do with one photo, for calls on the pipeline's workers. Thread-safe. */
public final class PhotoStages {
  private final Stages stages;
  private final FaceSelection selection;
  private final Workers workers;

  public PhotoStages(Stages stages, FaceSelection selection, Workers workers) {
    this.stages = stages;
    this.selection = selection;
    this.workers = workers;
  }

  public List<Face> detect(Image image) {
    FaceDetector detector = stages.detector();
    return stages
        .watch()
        .detect(image, detector, () -> Answers.list(detector.detect(image), detector));
  }

  public List<AlignedFace> align(Image image, List<Face> faces, CropSpec spec) {
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

  public List<EmbeddedFace> embed(Image image, List<Face> faces, FaceEmbedder embedder) {
    return embed(align(image, faces, embedder.crop()), embedder);
  }

  /** The crops' faces with their embeddings. */
  public List<EmbeddedFace> embed(List<AlignedFace> crops, FaceEmbedder embedder) {
    List<Embedding> embeddings = embeddings(crops, embedder);
    List<EmbeddedFace> faces = new ArrayList<>(crops.size());
    for (int i = 0; i < crops.size(); i++) {
      faces.add(new EmbeddedFace(crops.get(i).face(), embeddings.get(i)));
    }
    return Collections.unmodifiableList(faces);
  }

  /** An embedding for each crop, or an exception that names the embedder. */
  public List<Embedding> embeddings(List<AlignedFace> crops, FaceEmbedder embedder) {
    return crops.isEmpty()
        ? List.of()
        : stages
            .watch()
            .embed(embedder, () -> Answers.listOf(crops.size(), embedder.embed(crops), embedder));
  }

  /** The face of a photo that is meant, with what enrolling tells of it. */
  public FaceSelection.Selected selected(Image photo, FaceEmbedder embedder) {
    List<Face> faces = detect(photo);
    Face meant = chosen(photo, faces);
    Float liveness = liveness(photo, meant);
    EmbeddedFace one = embed(photo, List.of(meant), embedder).get(0);
    List<Face> others = faces.stream().filter(face -> !face.equals(one.face())).toList();
    return new FaceSelection.Selected(
        one.face(), FaceQuality.of(photo, one.face()), others, one.embedding(), liveness);
  }

  private Face chosen(Image photo, List<Face> faces) {
    return stages.watch().select(() -> meant(photo, faces));
  }

  /** How live a face is, if that matters; one that is not is refused. */
  private @Nullable Float liveness(Image photo, Face face) {
    List<Float> scores = requireLive(photo, List.of(face));
    return scores.isEmpty() ? null : scores.get(0);
  }

  /** How live each face is, or nothing if that does not matter; one that is not is refused. */
  public List<Float> requireLive(Image photo, List<Face> faces) {
    LiveGate gate = stages.gate();
    if (gate == null || faces.isEmpty()) {
      return List.of();
    }
    List<Float> scores = LiveGate.of(scores(photo, faces, gate.model()));
    for (int i = 0; i < faces.size(); i++) {
      gate.require(faces.get(i), scores.get(i));
    }
    return scores;
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

  public Verification verify(Image a, Image b, FaceEmbedder embedder, float threshold) {
    Face faceA = chosen(a, detect(a));
    Float liveA = liveness(a, faceA);
    Face faceB = chosen(b, detect(b));
    Float liveB = liveness(b, faceB);
    EmbeddedFace first = embed(a, List.of(faceA), embedder).get(0);
    EmbeddedFace second = embed(b, List.of(faceB), embedder).get(0);
    float similarity = first.embedding().similarity(second.embedding());
    ModelCard card = embedder.card();
    Double far =
        card.measured().isPresent() && threshold == card.verificationThreshold()
            ? ModelCard.Thresholds.VERIFICATION_FAR
            : null;
    return new Verification(
        similarity >= threshold,
        similarity,
        threshold,
        far,
        first.face(),
        second.face(),
        liveA,
        liveB);
  }

  /** Names the faces of a photo, but not those that are no living ones, if that matters. */
  public List<Identification> identify(
      Image photo, List<Face> faces, FaceEmbedder embedder, FaceClassifier namer) {
    List<Identification> people = identify(namer, embed(photo, faces, embedder));
    LiveGate gate = stages.gate();
    return gate == null || faces.isEmpty()
        ? people
        : gate.judge(people, LiveGate.of(scores(photo, faces, gate.model())));
  }

  /** Whether it matters whether faces are live. */
  public boolean judgesLiveness() {
    return stages.gate() != null;
  }

  public List<Identification> identify(FaceClassifier namer, List<EmbeddedFace> faces) {
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

  private List<FaceAttribute.Scores> scores(Image image, List<Face> faces, FaceAttribute model) {
    return stages
        .watch()
        .attributes(
            model,
            () ->
                Answers.listOf(
                    faces.size(), model.classify(image, faces, stages.aligner()), model));
  }

  public List<AnalyzedFace> analyze(Image image) {
    List<Face> faces = detect(image);
    FaceEmbedder embedder = stages.embedder();
    FaceClassifier namer = stages.classifier();
    List<Identification> identities =
        embedder == null || namer == null
            ? List.of()
            : identify(namer, embed(image, faces, embedder));
    List<List<FaceAttribute.Scores>> scores =
        stages.attributes().stream().map(model -> scores(image, faces, model)).toList();
    LiveGate gate = stages.gate();
    if (gate != null) {
      List<FaceAttribute.Scores> told = scores.get(stages.attributes().indexOf(gate.model()));
      identities = identities.isEmpty() ? identities : gate.judge(identities, LiveGate.of(told));
    }
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
