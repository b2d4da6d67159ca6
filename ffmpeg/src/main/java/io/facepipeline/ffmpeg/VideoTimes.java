package io.facepipeline.ffmpeg;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * When the pictures of a video are shown, and which ones should be there by what the file says
 * elsewhere. An AVI has an index of its frames; damage to the frames themselves makes FFmpeg go on
 * at the next one it finds, and count on as if none were missing. A stream of one frame rate has
 * its frames that far apart, unless the file says itself how many there are. Not thread-safe.
 */
final class VideoTimes {
  /** A longer gap is a jump of the clock, as where recordings were joined. */
  private static final long MOST_MISSING = 250;

  /** An AVI's index tells where a frame's chunk begins, a packet where its data do. */
  private static final int AVI_CHUNK_HEADER = 8;

  private static final double SAME_RATE = 5e-4;
  private static final double USUAL_FRAME = 1 / 25.0;

  private final double secondsPerUnit;
  private final Map<Long, Long> byPosition = new HashMap<>();
  private final TreeSet<Long> indexed = new TreeSet<>();
  private final double step;
  private final long promised;
  private final double frameSeconds;
  private long first = Long.MIN_VALUE;
  private double shift;
  private double before = Double.NEGATIVE_INFINITY;

  VideoTimes(AVFormatContext file, AVStream stream) {
    secondsPerUnit = avutil.av_q2d(stream.time_base());
    long counted = stream.nb_frames();
    double rate = rate(stream);
    double mean = avutil.av_q2d(stream.avg_frame_rate());
    frameSeconds = mean > 0 ? 1 / mean : USUAL_FRAME;
    step = counted == 0 && rate > 0 ? 1 / (rate * secondsPerUnit) : 0;
    if (file.iformat().name().getString().equals("avi")) {
      readIndex(stream);
    }
    // Beside sound the length is that of whatever is longest.
    boolean alone = file.nb_streams() == 1 && file.duration() > 0;
    promised =
        counted > 0 || !alone || step == 0
            ? counted
            : Math.round(file.duration() / (double) avutil.AV_TIME_BASE * rate);
  }

  /** The one rate of all frames; 0 if they may lie at any distance. */
  private static double rate(AVStream stream) {
    AVRational least = stream.r_frame_rate();
    AVRational mean = stream.avg_frame_rate();
    if (least.num() <= 0 || least.den() <= 0) {
      return 0;
    }
    double rate = avutil.av_q2d(least);
    boolean same = mean.num() <= 0 || Math.abs(avutil.av_q2d(mean) / rate - 1) < SAME_RATE;
    return same ? rate : 0;
  }

  private void readIndex(AVStream stream) {
    int count = avformat.avformat_index_get_entries_count(stream);
    for (int i = 0; i < count; i++) {
      AVIndexEntry entry = avformat.avformat_index_get_entry(stream, i);
      byPosition.put(entry.pos() + AVI_CHUNK_HEADER, entry.timestamp());
      indexed.add(entry.timestamp());
    }
  }

  /** How many frames the file promises; 0 if it does not say. */
  long promised() {
    return promised;
  }

  /** When a packet's picture is shown, in the stream's units. */
  long of(AVPacket packet) {
    Long index = byPosition.get(packet.pos());
    if (index != null) {
      return index;
    }
    return packet.pts() != avutil.AV_NOPTS_VALUE ? packet.pts() : packet.dts();
  }

  /** The times at which a frame should be between two that follow on each other. */
  List<Long> missing(long before, long after) {
    if (!indexed.isEmpty()) {
      return after <= before + 1
          ? List.of()
          : List.copyOf(indexed.subSet(before, false, after, false));
    }
    long steps = step == 0 ? 1 : Math.round((after - before) / step);
    List<Long> missing = new ArrayList<>();
    if (steps <= MOST_MISSING) {
      for (long i = 1; i < steps; i++) {
        missing.add(before + Math.round(i * step));
      }
    }
    return missing;
  }

  /**
   * Seconds since the first picture, each more than the one before: where the file's clock goes
   * back, or says nothing, a picture follows at the distance of most.
   */
  double seconds(long time) {
    boolean told = time != avutil.AV_NOPTS_VALUE;
    if (first == Long.MIN_VALUE) {
      first = told ? time : 0;
    }
    double seconds = told ? (time - first) * secondsPerUnit + shift : before;
    if (seconds <= before) {
      double next = before + frameSeconds;
      shift += told ? next - seconds : 0;
      seconds = next;
    }
    before = Math.max(0, seconds);
    return before;
  }
}
