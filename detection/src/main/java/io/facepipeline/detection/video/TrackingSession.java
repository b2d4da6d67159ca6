package io.facepipeline.detection.video;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FaceQuality;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.detection.video.Association.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of one sequence of frames. Frames come one by one, and each frame's faces are reported
 * at once: unlike {@link FaceTracker#track}, a session does not look back for a new face. Not
 * thread-safe; sessions of one tracker may run in parallel.
 */
public final class TrackingSession {
  /** Eyes nearer to each other tell nothing. */
  private static final float LEAST_EYE_DISTANCE = 2;

  private final TrackingOptions options;
  private final SceneChange change = new SceneChange();
  private final List<Track> alive = new ArrayList<>();
  private final List<FaceTrack> ended = new ArrayList<>();
  private List<Track> shown = List.of();
  private List<Track> shownBefore = List.of();
  private long frame = -1;
  private long looked = -1;
  private long before = -1;
  private long lastDetection;
  private int lastId;

  TrackingSession(TrackingOptions options) {
    this.options = options;
  }

  /**
   * Processes the next frame.
   *
   * @param image the frame, upright; a change of size counts as a cut
   * @return its faces with their ids
   * @throws io.facepipeline.FacePipelineException if a model fails
   * @throws IllegalStateException if the detector or the embedder is closed
   */
  public TrackedFrame next(Image image) {
    before = looked;
    frame++;
    looked = frame;
    change.look(image);
    boolean cut = before >= 0 && change.sinceBefore() > options.cutChange();
    if (cut) {
      alive.forEach(Track::displace);
    }
    FaceRefiner refiner = options.refiner();
    boolean detect =
        refiner == null
            || before < 0
            || cut
            || frame - lastDetection >= options.detectEvery()
            || change.sinceReference() > options.detectionChange();
    if (detect) {
      detect(image);
    }
    if (refiner != null) {
      refine(image, refiner);
      if (!detect && hasLostOne() && 2 * (frame - lastDetection) >= options.detectEvery()) {
        detect = true;
        detect(image);
      }
    }
    bury();
    shownBefore = shown;
    shown =
        alive.stream()
            .filter(track -> track.isSeenIn(frame))
            .sorted(Comparator.comparingInt(track -> track.id))
            .toList();
    List<TrackedFrame.TrackedFace> faces =
        shown.stream().map(track -> new TrackedFrame.TrackedFace(track.id, track.face())).toList();
    return new TrackedFrame(image, frame, detect, cut, faces);
  }

  /**
   * Passes over a frame that cannot be read. It counts, so that the frames behind it keep their
   * numbers, and faces have moved on in it.
   */
  public void skip() {
    frame++;
  }

  /** The tracks that the latest frame shows and the one before did not. */
  List<Track> appeared() {
    return shown.stream().filter(track -> !shownBefore.contains(track)).toList();
  }

  private void detect(Image image) {
    lastDetection = frame;
    change.remember();
    Sighting sighting = new Sighting(image, withoutSeen(options.detector().detect(image)));
    sighting.claimByPlace(unseen(true));
    sighting.claimByEmbedding(unseen(false));
    for (Face face : sighting.unclaimed()) {
      alive.add(
          new Track(
              ++lastId, new BestFrames(options.embedder(), options.aligner()), image, frame, face));
    }
  }

  /** Looks for the tracks that this frame has not shown yet, where they should be. */
  private void refine(Image image, FaceRefiner refiner) {
    List<Track> wanted = unseen(true);
    if (wanted.isEmpty()) {
      return;
    }
    List<Box> places = wanted.stream().flatMap(track -> track.places(frame).stream()).toList();
    new Sighting(image, withoutSeen(refiner.refine(image, places))).claimByPlace(wanted);
  }

  /** The faces that are not those of tracks which this frame has shown already. */
  private List<Face> withoutSeen(List<Face> faces) {
    List<Box> seen =
        alive.stream()
            .filter(track -> track.isSeenIn(frame))
            .map(track -> track.face().box())
            .toList();
    return faces.stream()
        .filter(face -> seen.stream().noneMatch(box -> options.isSamePlace(box, face.box())))
        .toList();
  }

  /** Whether a track that the frame before has shown is not to be found. */
  private boolean hasLostOne() {
    return alive.stream().anyMatch(track -> track.isSeenIn(before));
  }

  /** The tracks that this frame has not shown yet: those with a known place, or all. */
  private List<Track> unseen(boolean placedOnly) {
    return alive.stream()
        .filter(track -> !track.isSeenIn(frame) && (track.isPlaced() || !placedOnly))
        .toList();
  }

  private void bury() {
    for (Track track : List.copyOf(alive)) {
      if (track.unseen(frame) >= options.keepPlace()) {
        track.displace();
      }
      boolean canReturn = track.isPlaced() || options.embedder() != null;
      if (track.unseen(frame) > options.forgetAfter() || !canReturn) {
        alive.remove(track);
        ended.add(track.toFaceTrack());
      }
    }
  }

  /**
   * {@return the tracks so far, ended and running ones, by id}
   *
   * @throws io.facepipeline.FacePipelineException if the embedder fails
   * @throws IllegalStateException if the embedder is closed
   */
  public List<FaceTrack> tracks() {
    List<FaceTrack> tracks = new ArrayList<>(ended);
    alive.forEach(track -> tracks.add(track.toFaceTrack()));
    tracks.sort(Comparator.comparingInt(FaceTrack::id));
    return List.copyOf(tracks);
  }

  /** Faces in the current frame, and which track has claimed them. */
  private final class Sighting {
    private final Image image;
    private final List<Face> faces;
    private final boolean[] claimed;
    private final @Nullable Embedding[] embeddings;

    Sighting(Image image, List<Face> faces) {
      this.image = image;
      this.faces = faces.stream().filter(face -> isInside(face, image)).toList();
      claimed = new boolean[this.faces.size()];
      embeddings = new @Nullable Embedding[this.faces.size()];
    }

    /** Overlap decides; where more than one pair is possible, likeness too. */
    void claimByPlace(List<Track> tracks) {
      List<Pair> pairs = new ArrayList<>();
      for (Track track : tracks) {
        Box place = track.predicted(frame);
        for (int i = 0; i < faces.size(); i++) {
          double overlap = place.intersectionOverUnion(faces.get(i).box());
          if (!claimed[i] && overlap >= options.leastOverlap()) {
            pairs.add(new Pair(track, i, overlap));
          }
        }
      }
      FaceEmbedder embedder = options.embedder();
      if (embedder == null) {
        claim(pairs);
        return;
      }
      List<Pair> judged = new ArrayList<>();
      for (Pair pair : pairs) {
        double more = Association.isContested(pair, pairs) ? likeness(pair, embedder) : 0;
        judged.add(new Pair(pair.track(), pair.face(), pair.affinity() + more));
      }
      claim(judged);
    }

    /** Likeness alone decides. */
    void claimByEmbedding(List<Track> tracks) {
      FaceEmbedder embedder = options.embedder();
      if (embedder == null) {
        return;
      }
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < faces.size(); i++) {
        for (Track track : tracks) {
          if (!claimed[i]) {
            double likeness = likeness(new Pair(track, i, 0), embedder);
            if (likeness >= options.leastSimilarity()) {
              pairs.add(new Pair(track, i, likeness));
            }
          }
        }
      }
      claim(pairs);
    }

    private double likeness(Pair pair, FaceEmbedder embedder) {
      Embedding own = embeddings[pair.face()];
      if (own == null) {
        Face face = faces.get(pair.face());
        AlignedFace crop = options.aligner().align(image, face, embedder.crop());
        own = embedder.embed(List.of(crop)).get(0);
        embeddings[pair.face()] = own;
      }
      return own.similarity(Objects.requireNonNull(pair.track().bestFrames().embedding()));
    }

    private void claim(List<Pair> pairs) {
      for (Pair pair : Association.choose(pairs)) {
        claimed[pair.face()] = true;
        pair.track().see(image, frame, faces.get(pair.face()));
      }
    }

    List<Face> unclaimed() {
      List<Face> rest = new ArrayList<>();
      for (int i = 0; i < claimed.length; i++) {
        if (!claimed[i]) {
          rest.add(faces.get(i));
        }
      }
      return rest;
    }
  }

  /** A face that has left the picture is none, though a network may still see its rim. */
  static boolean isInside(Face face, Image image) {
    Point left = face.landmarks().leftEye();
    Point right = face.landmarks().rightEye();
    Point eyes = new Point((left.x() + right.x()) / 2, (left.y() + right.y()) / 2);
    return face.landmarks().eyeDistance() >= LEAST_EYE_DISTANCE
        && isInside(eyes, image)
        && isInside(face.box().center(), image);
  }

  private static boolean isInside(Point point, Image image) {
    return point.x() >= 0
        && point.y() >= 0
        && point.x() < image.width()
        && point.y() < image.height();
  }

  /**
   * The faces of one frame. Immutable.
   *
   * @param image the frame
   * @param index its index in the sequence, from 0
   * @param detected whether the detector searched the whole frame, and not only the expected places
   * @param cut whether it starts a scene
   * @param faces the faces, by id
   */
  public record TrackedFrame(
      Image image, long index, boolean detected, boolean cut, List<TrackedFace> faces) {
    /** Copies the list. */
    public TrackedFrame {
      faces = List.copyOf(faces);
    }

    /**
     * A face in a frame, with the id that it has in every other frame.
     *
     * @param id the track's id, from 1
     * @param face the face in this frame
     */
    public record TrackedFace(int id, Face face) {}
  }

  /**
   * One face through a sequence of frames. Immutable.
   *
   * @param id its id, from 1 in the order of appearance
   * @param firstFrame the first frame that shows it, from 0
   * @param lastFrame the last frame that shows it
   * @param framesSeen the number of frames that show it; less than the span if it was away in
   *     between
   * @param bestFrame the frame of the best quality
   * @param best the face in that frame
   * @param quality its quality there
   * @param embedding the mean of its best frames' embeddings, weighted by quality; null if the
   *     tracker has no embedder
   */
  public record FaceTrack(
      int id,
      long firstFrame,
      long lastFrame,
      long framesSeen,
      long bestFrame,
      Face best,
      FaceQuality quality,
      @Nullable Embedding embedding) {}
}
