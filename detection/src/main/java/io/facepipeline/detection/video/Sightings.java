package io.facepipeline.detection.video;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Box;
import io.facepipeline.Face;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a face was seen, and where it must have been in the frames around. Not thread-safe. */
final class Sightings {
  /** How many sightings tell a speed. */
  private static final int FOR_SPEED = 4;

  /** What a box grows by in each frame without a sighting, in shares of its sides. */
  private static final float GROWTH = 0.02f;

  private final TreeMap<Long, Face> faces = new TreeMap<>();
  private int most = Integer.MAX_VALUE;

  void add(long frame, Face face) {
    faces.put(frame, face);
  }

  /** Never to be there unseen for more frames than so many. */
  @CanIgnoreReturnValue
  Sightings withReach(int frames) {
    most = frames;
    return this;
  }

  /**
   * The face in a frame, if it was there or may have been.
   *
   * @param wanted for how many frames it may be there unseen, on either side of a sighting
   * @param cuts the first frames of the scenes, which no face outlasts
   */
  Optional<Face> at(long frame, int wanted, SortedSet<Long> cuts) {
    int reach = Math.min(wanted, most);
    Face here = faces.get(frame);
    if (here != null) {
      return Optional.of(here);
    }
    Map.Entry<Long, Face> before = within(faces.lowerEntry(frame), frame, cuts);
    Map.Entry<Long, Face> after = within(faces.higherEntry(frame), frame, cuts);
    if (before != null && after != null && after.getKey() - before.getKey() <= 2L * reach) {
      return Optional.of(between(before, after, frame));
    }
    long since = before == null ? Long.MAX_VALUE : frame - before.getKey();
    long until = after == null ? Long.MAX_VALUE : after.getKey() - frame;
    if (before != null && since <= reach && since <= until) {
      return Optional.of(beyond(before, frame));
    }
    return after != null && until <= reach ? Optional.of(beyond(after, frame)) : Optional.empty();
  }

  private static Map.@Nullable Entry<Long, Face> within(
      Map.@Nullable Entry<Long, Face> sighting, long frame, SortedSet<Long> cuts) {
    if (sighting == null) {
      return null;
    }
    long first = Math.min(sighting.getKey(), frame);
    long last = Math.max(sighting.getKey(), frame);
    return cuts.subSet(first + 1, last + 1).isEmpty() ? sighting : null;
  }

  /** On the straight way, in a box that grows towards its middle: faces do not go straight. */
  private static Face between(
      Map.Entry<Long, Face> before, Map.Entry<Long, Face> after, long frame) {
    Box a = before.getValue().box();
    Box b = after.getValue().box();
    float share = (float) (frame - before.getKey()) / (after.getKey() - before.getKey());
    Box box =
        new Box(
            mix(a.x1(), b.x1(), share),
            mix(a.y1(), b.y1(), share),
            mix(a.x2(), b.x2(), share),
            mix(a.y2(), b.y2(), share));
    long away = Math.min(frame - before.getKey(), after.getKey() - frame);
    return with(before.getValue(), grown(box, away));
  }

  private static float mix(float a, float b, float share) {
    return a + share * (b - a);
  }

  /** The place where it was and the one where its speed would bring it, and all between them. */
  private Face beyond(Map.Entry<Long, Face> sighting, long frame) {
    long from = sighting.getKey();
    Map.Entry<Long, Face> other =
        frame > from ? faces.ceilingEntry(from - FOR_SPEED) : faces.floorEntry(from + FOR_SPEED);
    Box box = sighting.getValue().box();
    float x = 0;
    float y = 0;
    if (other != null && other.getKey() != from) {
      Box then = other.getValue().box();
      float steps = (float) (frame - from) / (from - other.getKey());
      x = (box.center().x() - then.center().x()) * steps;
      y = (box.center().y() - then.center().y()) * steps;
    }
    Box swept =
        new Box(
            Math.min(box.x1(), box.x1() + x),
            Math.min(box.y1(), box.y1() + y),
            Math.max(box.x2(), box.x2() + x),
            Math.max(box.y2(), box.y2() + y));
    return with(sighting.getValue(), grown(swept, Math.abs(frame - from)));
  }

  private static Box grown(Box box, long steps) {
    float x = box.width() * GROWTH * steps;
    float y = box.height() * GROWTH * steps;
    return new Box(box.x1() - x, box.y1() - y, box.x2() + x, box.y2() + y);
  }

  private static Face with(Face face, Box box) {
    return new Face(box, face.landmarks(), face.score());
  }
}
