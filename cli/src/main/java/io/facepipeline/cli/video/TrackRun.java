package io.facepipeline.cli.video;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.LeftOutFrames;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a tracker through a video.
 *
 * @param tracks the tracks, by id
 * @param faces the faces of each frame that could be read, by its number
 * @param detections in how many frames the detector looked at the whole
 * @param cuts how many scenes begin after the first
 * @param unreadable the frames that could not be read
 * @param findingSeconds what finding and following took, the tracks' embeddings included
 * @param totalSeconds what everything took, reading the frames included
 */
record TrackRun(
    List<TrackingSession.FaceTrack> tracks,
    SortedMap<Long, List<TrackingSession.TrackedFrame.TrackedFace>> faces,
    int detections,
    int cuts,
    List<Unreadable> unreadable,
    double findingSeconds,
    double totalSeconds) {
  /**
   * A frame that could not be read.
   *
   * @param frame its number, from 0
   * @param error why
   */
  record Unreadable(long frame, String error) {}

  /** Takes a frame with its faces. */
  @FunctionalInterface
  interface Each {
    /** Takes a frame, and when it is shown in seconds, or -1 if that is unknown. */
    void accept(TrackingSession.TrackedFrame frame, double seconds);
  }

  private static final double NANOS = 1e9;
  private static final float SAME_FACE = 0.5f;

  /** Goes through a video; names the first frames that cannot be read. */
  static TrackRun through(
      FrameSource frames,
      long limit,
      FacePipeline pipeline,
      FaceTracker tracker,
      ProgressListener progress,
      Each each,
      PrintWriter err) {
    MeasuredFrames measured = new MeasuredFrames(frames, limit);
    List<Unreadable> unreadable = new ArrayList<>();
    LeftOutFrames leftOut = new LeftOutFrames(err);
    Frames seen = new Frames(each, measured.times);
    long begin = System.nanoTime();
    List<TrackingSession.FaceTrack> tracks =
        pipeline.call(
            () ->
                tracker.track(
                    measured,
                    progress,
                    seen,
                    (e, index) -> {
                      leftOut.add(e);
                      unreadable.add(new Unreadable(index, String.valueOf(e.getMessage())));
                    }));
    leftOut.finish();
    long total = System.nanoTime() - begin;
    return new TrackRun(
        tracks,
        seen.faces,
        seen.detections,
        seen.cuts,
        unreadable,
        (total - measured.nanos - seen.nanos) / NANOS,
        total / NANOS);
  }

  /** The first frames of a source, with their times; measures the reading. */
  private static final class MeasuredFrames implements FrameSource {
    private final FrameSource frames;
    private final long limit;
    private final Map<Long, Double> times = new HashMap<>();
    private long read;
    private long nanos;

    MeasuredFrames(FrameSource frames, long limit) {
      this.frames = frames;
      this.limit = limit;
    }

    @Override
    public @Nullable Image next() {
      long start = System.nanoTime();
      try {
        if (read == limit) {
          return null;
        }
        long index = read++;
        Image image = frames.next();
        times.put(index, frames.seconds());
        return image;
      } finally {
        nanos += System.nanoTime() - start;
      }
    }

    @Override
    public long estimatedFrames() {
      return Math.min(limit, frames.estimatedFrames());
    }

    @Override
    public double framesPerSecond() {
      return frames.framesPerSecond();
    }

    @Override
    public void close() {
      frames.close();
    }
  }

  /** Notes what was found, and measures what is done with it. */
  private static final class Frames implements Consumer<TrackingSession.TrackedFrame> {
    private final Each each;
    private final Map<Long, Double> times;
    private final SortedMap<Long, List<TrackingSession.TrackedFrame.TrackedFace>> faces =
        new TreeMap<>();
    private int detections;
    private int cuts;
    private long nanos;

    Frames(Each each, Map<Long, Double> times) {
      this.each = each;
      this.times = times;
    }

    @Override
    public void accept(TrackingSession.TrackedFrame frame) {
      long start = System.nanoTime();
      faces.put(frame.index(), frame.faces());
      detections += frame.detected() ? 1 : 0;
      cuts += frame.cut() ? 1 : 0;
      Double seconds = times.remove(frame.index());
      each.accept(frame, seconds == null ? -1 : seconds);
      nanos += System.nanoTime() - start;
    }
  }

  /** Frames per second of finding and following the faces. */
  double findingRate() {
    return faces.size() / findingSeconds;
  }

  /** Frames per second with reading the frames. */
  double totalRate() {
    return faces.size() / totalSeconds;
  }

  /** How many faces there are in all frames. */
  long count() {
    return faces.values().stream().mapToLong(List::size).sum();
  }

  /** How many of another run's faces this one has too, by half an overlap in the same frame. */
  long found(TrackRun other) {
    long found = 0;
    for (Map.Entry<Long, List<TrackingSession.TrackedFrame.TrackedFace>> frame :
        other.faces.entrySet()) {
      List<TrackingSession.TrackedFrame.TrackedFace> here =
          faces.getOrDefault(frame.getKey(), List.of());
      for (TrackingSession.TrackedFrame.TrackedFace wanted : frame.getValue()) {
        Face face = wanted.face();
        found +=
            here.stream()
                    .anyMatch(
                        own -> own.face().box().intersectionOverUnion(face.box()) >= SAME_FACE)
                ? 1
                : 0;
      }
    }
    return found;
  }

  /** A line on what happened. */
  String summary() {
    return String.format(
        Locale.ROOT,
        "%s%s, %d of them searched wholly, %s: %s of %s; %.1f frames/s finding, %.1f with reading",
        Counted.of(faces.size(), "frame"),
        unreadable.isEmpty() ? "" : " without " + unreadable.size() + " that cannot be read",
        detections,
        Counted.of(cuts, "cut"),
        Counted.of(count(), "face"),
        Counted.of(tracks.size(), "track"),
        findingRate(),
        totalRate());
  }
}
