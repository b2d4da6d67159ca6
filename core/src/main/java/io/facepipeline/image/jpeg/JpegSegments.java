package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;

/**
 * Goes through the segments of a JPEG, and over the coded pixels behind each scan header, as
 * libjpeg does: garbage between segments is skipped, and nothing counts behind the end marker.
 */
final class JpegSegments {
  static final int START_OF_SCAN = 0xDA;
  static final int END_OF_IMAGE = 0xD9;

  private final ByteView view;
  private long at = 2;
  private int marker;
  private long start;
  private boolean garbage;
  private ByteView body;

  JpegSegments(ByteView view) {
    this.view = view;
    this.body = view.slice(0, 0);
  }

  /** Goes to the next segment, and returns whether there is one. */
  boolean next() {
    if (marker == END_OF_IMAGE) {
      return false;
    }
    if (marker == START_OF_SCAN) {
      // In the coded pixels only restart markers can be.
      at = view.indexOfMarker(at);
    }
    long expected = at;
    while (view.has(at, 2) && !(view.u8(at) == 0xFF && isMarker(view.u8(at + 1)))) {
      garbage |= view.u8(at) != 0xFF;
      at++;
    }
    garbage |= at > expected && !view.has(at, 2);
    if (!view.has(at, 2)) {
      return false;
    }
    marker = view.u8(at + 1);
    at += 2;
    start = at;
    if (isStandalone(marker)) {
      body = view.slice(at, 0);
      return true;
    }
    if (!view.has(at, 2)) {
      return false;
    }
    int length = view.u16(at);
    start = at + 2;
    body = view.slice(start, Math.max(0, length - 2));
    at = Math.min(view.length(), at + Math.max(2, length));
    return true;
  }

  int marker() {
    return marker;
  }

  /** What the segment holds, without its length. */
  ByteView body() {
    return body;
  }

  /** Where the segment's contents start in the file. */
  long start() {
    return start;
  }

  /** Where the segment ends; behind a scan's header the coded pixels begin here. */
  long end() {
    return at;
  }

  /** Whether anything was skipped that belongs to no segment. */
  boolean garbage() {
    return garbage;
  }

  private static boolean isMarker(int value) {
    return value != 0 && value != 0xFF;
  }

  private static boolean isStandalone(int marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= END_OF_IMAGE);
  }
}
