package io.facepipeline.ffmpeg;

import io.facepipeline.ffmpeg.internal.FfmpegLog;
import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one stream of a video frame by frame, and tells of each frame that does not come out as
 * it went in. Decoders go over damage in silence, or fill in what they guess: a frame counts as
 * unreadable if its packet is refused, if FFmpeg says that something in it is wrong, or if it is
 * missing. A packet that gives no picture and nothing is wrong with is no frame. Not thread-safe.
 */
final class VideoDecoder implements AutoCloseable {
  private static final long WAIT = 10_000_000;

  private final AVFormatContext file;
  private final AVStream stream;
  private final VideoTimes times;
  private final AVCodecContext codec;
  private final AVPacket packet = avcodec.av_packet_alloc();
  private final AVFrame picture = avutil.av_frame_alloc();
  private final RgbPictures pictures = new RgbPictures();
  private final Map<Long, VideoPacket> byNumber = new HashMap<>();
  private final TreeSet<VideoPacket> waiting = new TreeSet<>();
  private final Deque<VideoFrame> ready = new ArrayDeque<>();
  private long packets;
  private long passed;
  private long last = Long.MIN_VALUE;
  private boolean drained;

  /**
   * Opens a decoder.
   *
   * @param file the open file, which stays the caller's
   * @param index the stream's
   * @param name what to call the video in messages
   * @throws VideoException if FFmpeg has no decoder for it
   */
  VideoDecoder(AVFormatContext file, int index, String name) {
    this.file = file;
    stream = file.streams(index);
    times = new VideoTimes(file, stream);
    AVCodec decoder = avcodec.avcodec_find_decoder(stream.codecpar().codec_id());
    codec = avcodec.avcodec_alloc_context3(decoder);
    FfmpegLog.listen(codec);
    boolean open = false;
    try {
      avcodec.avcodec_parameters_to_context(codec, stream.codecpar());
      codec.pkt_timebase(stream.time_base());
      // With several frames at work an error would be told of another packet.
      codec.thread_count(0);
      codec.thread_type(AVCodecContext.FF_THREAD_SLICE);
      codec.flags(codec.flags() | avcodec.AV_CODEC_FLAG_COPY_OPAQUE);
      int code = avcodec.avcodec_open2(codec, decoder, (AVDictionary) null);
      if (code < 0) {
        throw new VideoException(
            name + " cannot be decoded: " + FfmpegNatives.message(code),
            new IllegalStateException("code " + code));
      }
      open = true;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  /** How many frames the file promises; 0 if it does not say. */
  long promised() {
    return times.promised();
  }

  /** How many frames are accounted for so far: read, unreadable, or rightly without a picture. */
  long passed() {
    return passed;
  }

  /** Returns the next frame, or null after the last. */
  @Nullable VideoFrame next() {
    while (ready.isEmpty() && !drained) {
      read();
    }
    return ready.poll();
  }

  private void read() {
    int code = avformat.av_read_frame(file, packet);
    if (code == avutil.AVERROR_EAGAIN()) {
      // A camera has no picture yet.
      LockSupport.parkNanos(WAIT);
      return;
    } else if (code < 0) {
      send(null, null);
      if (code != avutil.AVERROR_EOF()) {
        unreadable(
            Math.max(0, last),
            "cannot be read (" + FfmpegNatives.message(code) + "); it is the last");
      }
      return;
    }
    try {
      if (packet.stream_index() == stream.index()) {
        VideoPacket sent = new VideoPacket(++packets, times.of(packet));
        sent.mark(packet);
        byNumber.put(sent.number(), sent);
        waiting.add(sent);
        send(packet, sent);
      }
    } finally {
      avcodec.av_packet_unref(packet);
    }
  }

  private void send(@Nullable AVPacket data, @Nullable VideoPacket sent) {
    int code = avcodec.avcodec_send_packet(codec, data);
    if (code == avutil.AVERROR_EAGAIN()) {
      receive(null, true);
      code = avcodec.avcodec_send_packet(codec, data);
    }
    note(sent, code);
    receive(sent, data != null);
  }

  /** Takes the pictures that are done; if no more packets come, all of them. */
  private void receive(@Nullable VideoPacket sent, boolean more) {
    while (true) {
      int code = avcodec.avcodec_receive_frame(codec, picture);
      note(sent, code);
      if (code == avutil.AVERROR_EAGAIN() || (code < 0 && more)) {
        return;
      } else if (code < 0) {
        end();
        return;
      }
      try {
        received();
      } finally {
        avutil.av_frame_unref(picture);
      }
    }
  }

  /** Whatever was said since a packet was sent is about that one. */
  private void note(@Nullable VideoPacket sent, int code) {
    List<String> said = FfmpegLog.take(codec);
    boolean waits = code == avutil.AVERROR_EAGAIN() || code == avutil.AVERROR_EOF();
    if (sent == null || (said.isEmpty() && (code >= 0 || waits))) {
      return;
    }
    sent.fails(said.isEmpty() ? FfmpegNatives.message(code) : String.join("; ", said));
  }

  private void received() {
    Pointer mark = picture.opaque();
    VideoPacket own = mark == null ? null : byNumber.get(mark.address());
    if (own == null) {
      // Of several pictures in one packet only the first is that packet's.
      passed++;
      ready.add(new VideoFrame(pictures.of(picture), times.seconds(Math.max(0, last)), ""));
      return;
    }
    int flaws = picture.decode_error_flags();
    if (flaws != 0 || (picture.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
      own.fails("decoded with errors");
    }
    while (!waiting.isEmpty() && waiting.first().compareTo(own) < 0) {
      settle(waiting.first());
    }
    if (own.problem().isEmpty()) {
      remove(own);
      arrived(own.time());
      passed++;
      ready.add(new VideoFrame(pictures.of(picture), times.seconds(own.time()), ""));
    } else {
      settle(own);
    }
  }

  /** A packet of which no picture is to come any more. */
  private void settle(VideoPacket sent) {
    remove(sent);
    arrived(sent.time());
    if (sent.problem().isEmpty()) {
      passed++;
    } else {
      unreadable(sent.time(), "is damaged (" + sent.problem() + ")");
    }
  }

  private void remove(VideoPacket sent) {
    waiting.remove(sent);
    byNumber.remove(sent.number());
  }

  /** Tells of the frames that should have been before this one. */
  private void arrived(long time) {
    if (last != Long.MIN_VALUE) {
      for (long gone : times.missing(last, time)) {
        unreadable(gone, "is missing");
      }
    }
    last = Math.max(last, time);
  }

  private void unreadable(long time, String problem) {
    passed++;
    ready.add(new VideoFrame(null, times.seconds(time), problem));
  }

  private void end() {
    while (!waiting.isEmpty()) {
      settle(waiting.first());
    }
    drained = true;
  }

  @Override
  public void close() {
    FfmpegLog.forget(codec);
    pictures.close();
    avutil.av_frame_free(picture);
    avcodec.av_packet_free(packet);
    avcodec.avcodec_free_context(codec);
  }
}
