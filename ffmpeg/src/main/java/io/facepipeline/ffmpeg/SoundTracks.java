package io.facepipeline.ffmpeg;

import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The sound of a file, which another gets as it is: the packets are not decoded. Times count from
 * the file's first picture. Not thread-safe.
 */
final class SoundTracks implements AutoCloseable {
  /** A picture and its sound rarely end at the same time; further apart, pictures were left out. */
  private static final double SLACK_SECONDS = 1;

  private static final double MICROS = 1e6;

  private final Path name;
  private final AVFormatContext source = new AVFormatContext(null);
  private final AVPacket packet = avcodec.av_packet_alloc();
  private final List<Track> tracks = new ArrayList<>();
  private double start;

  /** When the pictures end; 0 if there are none or nothing says it. */
  private double end;

  private boolean ahead;
  private boolean ended;

  private static final class Track {
    private final AVStream from;
    private @Nullable AVStream to;
    private long last = Long.MIN_VALUE;

    Track(AVStream from) {
      this.from = from;
    }

    /** What it is coded in, with its rate. */
    String codec() {
      AVCodecParameters parameters = from.codecpar();
      return avcodec.avcodec_get_name(parameters.codec_id()).getString()
          + ", "
          + parameters.sample_rate()
          + " Hz";
    }
  }

  /**
   * Opens a file.
   *
   * @param file a video, or sound alone; with neither there are no tracks
   */
  SoundTracks(Path file) {
    name = file;
    boolean ready = false;
    try {
      BytePointer path = new BytePointer(file.toString(), StandardCharsets.UTF_8);
      require(
          avformat.avformat_open_input(source, path, (AVInputFormat) null, (AVDictionary) null),
          "read");
      require(avformat.avformat_find_stream_info(source, (AVDictionary) null), "read");
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
    int picture = VideoReader.videoStream(source);
    if (picture >= 0) {
      clockOf(source.streams(picture));
    }
    for (int i = 0; i < source.nb_streams(); i++) {
      AVStream stream = source.streams(i);
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_AUDIO) {
        tracks.add(new Track(stream));
      } else {
        stream.discard(avcodec.AVDISCARD_ALL);
      }
    }
  }

  private void clockOf(AVStream pictures) {
    double unit = avutil.av_q2d(pictures.time_base());
    if (pictures.start_time() != avutil.AV_NOPTS_VALUE) {
      start = pictures.start_time() * unit;
    }
    if (pictures.duration() > 0) {
      end = pictures.duration() * unit;
    } else if (source.duration() > 0) {
      end = source.duration() / MICROS;
    }
  }

  /**
   * Checks that MP4 can hold the tracks.
   *
   * @throws VideoException if it cannot
   */
  void requireFit() {
    if (tracks.isEmpty()) {
      return;
    }
    AVFormatContext trial = new AVFormatContext(null);
    AVIOContext bytes = new AVIOContext(null);
    try {
      BytePointer format = new BytePointer("mp4");
      BytePointer none = new BytePointer((Pointer) null);
      require(
          avformat.avformat_alloc_output_context2(trial, (AVOutputFormat) null, format, none),
          "copied");
      addTo(trial);
      require(avformat.avio_open_dyn_buf(bytes), "copied");
      trial.pb(bytes);
      int code = avformat.avformat_write_header(trial, (AVDictionary) null);
      if (code < 0) {
        throw new VideoException(
            "the sound of "
                + name
                + " ("
                + tracks.stream().map(Track::codec).distinct().collect(Collectors.joining(", "))
                + ") cannot be kept in an MP4 file; write the video without it",
            new IllegalArgumentException(FfmpegNatives.message(code)));
      }
    } finally {
      if (!bytes.isNull()) {
        BytePointer written = new BytePointer((Pointer) null);
        avformat.avio_close_dyn_buf(bytes, written);
        avutil.av_free(written);
        trial.pb(null);
      }
      avformat.avformat_free_context(trial);
    }
  }

  /** Adds streams for the tracks. */
  void addTo(AVFormatContext target) {
    for (Track track : tracks) {
      AVStream stream = avformat.avformat_new_stream(target, null);
      require(avcodec.avcodec_parameters_copy(stream.codecpar(), track.from.codecpar()), "copied");
      // The same codec has another tag in another format.
      stream.codecpar().codec_tag(0);
      stream.time_base(track.from.time_base());
      track.to = stream;
    }
  }

  /** Gives on the packets that begin before a time. */
  void copyUntil(double seconds, AVFormatContext target) {
    while (peek() && secondsOf(packet) < seconds) {
      write(target);
    }
  }

  /**
   * Gives on what is left; if pictures were left out at the end, only what belongs to the others.
   *
   * @param seconds when the last picture ends
   */
  void finish(double seconds, AVFormatContext target) {
    copyUntil(end > seconds + SLACK_SECONDS ? seconds : Double.POSITIVE_INFINITY, target);
  }

  /** Whether there is another packet of a track, which is then the current one. */
  private boolean peek() {
    while (!ahead && !ended) {
      int code = tracks.isEmpty() ? avutil.AVERROR_EOF() : avformat.av_read_frame(source, packet);
      if (code < 0) {
        ended = true;
      } else if (track(packet) == null || timeOf(packet) == avutil.AV_NOPTS_VALUE) {
        avcodec.av_packet_unref(packet);
      } else {
        ahead = true;
      }
    }
    return ahead;
  }

  private @Nullable Track track(AVPacket of) {
    for (Track track : tracks) {
      if (track.from.index() == of.stream_index()) {
        return track;
      }
    }
    return null;
  }

  private static long timeOf(AVPacket of) {
    return of.dts() != avutil.AV_NOPTS_VALUE ? of.dts() : of.pts();
  }

  private double secondsOf(AVPacket of) {
    AVStream stream = source.streams(of.stream_index());
    return timeOf(of) * avutil.av_q2d(stream.time_base()) - start;
  }

  private void write(AVFormatContext target) {
    ahead = false;
    Track track = track(packet);
    if (track == null || track.to == null) {
      throw new IllegalStateException("the tracks were not added to the file");
    }
    try {
      AVRational unit = track.from.time_base();
      long shift = Math.round(start / avutil.av_q2d(unit));
      long time = timeOf(packet) - shift;
      packet.pts(packet.pts() == avutil.AV_NOPTS_VALUE ? time : packet.pts() - shift);
      packet.dts(time);
      avcodec.av_packet_rescale_ts(packet, unit, track.to.time_base());
      // Damage may put one behind the other, which no file holds.
      if (packet.dts() > track.last) {
        track.last = packet.dts();
        packet.stream_index(track.to.index());
        packet.pos(-1);
        require(avformat.av_interleaved_write_frame(target, packet), "copied");
      }
    } finally {
      avcodec.av_packet_unref(packet);
    }
  }

  private void require(int code, String done) {
    if (code < 0) {
      throw new VideoException(
          "the sound of " + name + " cannot be " + done + ": " + FfmpegNatives.message(code),
          new IllegalStateException("code " + code));
    }
  }

  @Override
  public void close() {
    avcodec.av_packet_free(packet);
    avformat.avformat_close_input(source);
  }
}
