package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The scans of a JPEG: how often a decoder passes over its pixels.
 *
 * @param count how many there are
 * @param samples how many samples they pass over together
 * @param ended whether an end marker follows the last one
 * @param whole whether each component is in one of them
 * @param frames how many frame headers there are
 * @param segments how many segments there are
 */
public record JpegScans(
    int count, long samples, boolean ended, boolean whole, int frames, int segments) {
  /** Far more than encoders write, which is about ten, or thirty where they try hard. */
  public static final int MOST = 200;

  /** Decoders keep segments in a list that they go through for each one more. */
  public static final int MOST_SEGMENTS = 5000;

  /** Counts them; stops behind the most. */
  public static JpegScans of(ByteView view, JpegFrame frame) {
    JpegSegments segments = new JpegSegments(view);
    Set<JpegFrame.Component> seen = new HashSet<>();
    int count = 0;
    int frames = 0;
    int all = 0;
    long samples = 0;
    boolean ended = false;
    while (count <= MOST && all <= MOST_SEGMENTS && segments.next()) {
      all++;
      if (segments.marker() == JpegSegments.START_OF_SCAN) {
        List<JpegFrame.Component> components = components(segments.body(), frame);
        seen.addAll(components);
        samples += frame.samples(components);
        count++;
      }
      frames += JpegFrame.isFrame(segments.marker()) ? 1 : 0;
      ended = segments.marker() == JpegSegments.END_OF_IMAGE;
    }
    return new JpegScans(
        count, samples, ended, seen.size() == frame.components().size(), frames, all);
  }

  /** The components that a scan's header names, as far as the frame has them. */
  static List<JpegFrame.Component> components(ByteView scan, JpegFrame frame) {
    List<JpegFrame.Component> components = new ArrayList<>();
    int count = scan.has(0, 1) ? Math.min(4, scan.u8(0)) : 0;
    for (int i = 0; i < count && scan.has(1 + 2L * i, 1); i++) {
      int id = scan.u8(1 + 2L * i);
      frame.components().stream().filter(c -> c.id() == id).findFirst().ifPresent(components::add);
    }
    return components;
  }
}
