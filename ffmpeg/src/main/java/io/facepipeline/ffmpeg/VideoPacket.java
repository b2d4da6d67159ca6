package io.facepipeline.ffmpeg;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.Pointer;

/** A packet that a decoder was given, and what came of it. */
final class VideoPacket implements Comparable<VideoPacket> {
  private final long number;
  private final long time;
  private String problem = "";

  /**
   * Takes note of a packet.
   *
   * @param number its place in the file, from 1
   * @param time when its picture is shown, in the stream's units
   */
  VideoPacket(long number, long time) {
    this.number = number;
    this.time = time;
  }

  /** Marks the packet, so that the picture tells from which one it came. */
  void mark(AVPacket packet) {
    packet.opaque(new Mark(number));
  }

  long number() {
    return number;
  }

  long time() {
    return time;
  }

  /** Something went wrong with it; the first word counts. */
  void fails(String why) {
    if (problem.isEmpty()) {
      problem = why;
    }
  }

  /** What went wrong; empty if nothing. */
  String problem() {
    return problem;
  }

  /** In the order in which pictures are shown. */
  @Override
  public int compareTo(VideoPacket other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VideoPacket packet && number == packet.number && time == packet.time;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }

  /** A number in the place of a pointer, which the decoder hands through. */
  private static final class Mark extends Pointer {
    Mark(long number) {
      super((Pointer) null);
      address = number;
    }
  }
}
