package io.facepipeline.detection.video;

import io.facepipeline.Face;
import io.facepipeline.FaceRefiner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Holds the latest frames back, and looks in them, from the last to the first, for the faces that
 * appear: a face that the detector sees was often there in the frames before, which it did not look
 * at. Not thread-safe.
 */
final class LookBack {
  private final TrackingOptions options;
  private final FaceRefiner refiner;
  private final Consumer<TrackingSession.TrackedFrame> next;
  private final List<TrackingSession.TrackedFrame> held = new ArrayList<>();

  /**
   * @param next gets each frame, in order, once nothing is added to it any more
   */
  LookBack(
      TrackingOptions options, FaceRefiner refiner, Consumer<TrackingSession.TrackedFrame> next) {
    this.options = options;
    this.refiner = refiner;
    this.next = next;
  }

  /**
   * Takes the next frame.
   *
   * @param appeared the tracks that are seen in it and were not in the frame before
   */
  void add(TrackingSession.TrackedFrame frame, List<Track> appeared) {
    if (frame.cut()) {
      release();
    }
    appeared.forEach(track -> follow(track, frame.index()));
    held.add(frame);
    if (held.size() > options.keepPlace()) {
      next.accept(held.remove(0));
    }
  }

  /** Gives on all frames. */
  void release() {
    List<TrackingSession.TrackedFrame> frames = List.copyOf(held);
    held.clear();
    frames.forEach(next);
  }

  /** Follows a face back until it is not to be found, or was seen already. */
  private void follow(Track track, long frame) {
    Motion back = new Motion(track.face(), 0);
    for (int i = held.size() - 1; i >= 0; i--) {
      TrackingSession.TrackedFrame earlier = held.get(i);
      if (earlier.faces().stream().anyMatch(face -> face.id() == track.id)) {
        return;
      }
      long step = frame - earlier.index();
      Optional<Face> found = look(earlier, back, step);
      if (found.isEmpty()) {
        return;
      }
      back.see(found.get(), step);
      track.seeBefore(earlier.image(), earlier.index(), found.get());
      held.set(
          i, with(earlier, new TrackingSession.TrackedFrame.TrackedFace(track.id, found.get())));
    }
  }

  /** The face at the place where one should be; not one that has an id. */
  private Optional<Face> look(TrackingSession.TrackedFrame frame, Motion motion, long step) {
    return refiner.refine(frame.image(), motion.places(step)).stream()
        .filter(face -> TrackingSession.isInside(face, frame.image()))
        .filter(face -> overlap(motion, step, face) >= options.leastOverlap())
        .filter(
            face ->
                frame.faces().stream()
                    .noneMatch(known -> options.isSamePlace(known.face().box(), face.box())))
        .max(Comparator.comparingDouble(face -> overlap(motion, step, face)));
  }

  private static float overlap(Motion motion, long step, Face face) {
    return motion.predicted(step).intersectionOverUnion(face.box());
  }

  private static TrackingSession.TrackedFrame with(
      TrackingSession.TrackedFrame frame, TrackingSession.TrackedFrame.TrackedFace face) {
    List<TrackingSession.TrackedFrame.TrackedFace> faces =
        Stream.concat(frame.faces().stream(), Stream.of(face))
            .sorted(Comparator.comparingInt(TrackingSession.TrackedFrame.TrackedFace::id))
            .toList();
    return new TrackingSession.TrackedFrame(
        frame.image(), frame.index(), frame.detected(), frame.cut(), faces);
  }
}
