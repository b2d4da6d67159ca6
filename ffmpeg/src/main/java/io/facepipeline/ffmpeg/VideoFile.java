package io.facepipeline.ffmpeg;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * An MP4 file that is being written: pictures, and the sound that goes with them. Not thread-safe.
 */
final class VideoFile implements AutoCloseable {
  private final Path name;
  private final PictureEncoder encoder;
  private final AVFormatContext file = new AVFormatContext(null);
  private final @Nullable SoundTracks sound;
  private final AVStream stream;
  private final double frameSeconds;
  private long last = -1;

  /**
   * Begins a file.
   *
   * @param part where it is written
   * @param name what it is called in messages
   * @param width the width of its pictures
   * @param height their height
   * @param rate about how many there are in a second
   * @param sound the sound; null for none; stays the caller's
   */
  VideoFile(Path part, Path name, int width, int height, double rate, @Nullable SoundTracks sound) {
    this.name = name;
    this.sound = sound;
    frameSeconds = 1 / rate;
    encoder = new PictureEncoder(name.toString(), width, height, rate);
    boolean ready = false;
    try {
      BytePointer path = new BytePointer(part.toString(), StandardCharsets.UTF_8);
      require(
          avformat.avformat_alloc_output_context2(
              file, (AVOutputFormat) null, new BytePointer("mp4"), path));
      stream = avformat.avformat_new_stream(file, null);
      require(avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder.codec()));
      stream.time_base(encoder.codec().time_base());
      if (sound != null) {
        sound.addTo(file);
      }
      AVIOContext bytes = new AVIOContext(null);
      require(avformat.avio_open(bytes, path, avformat.AVIO_FLAG_WRITE));
      file.pb(bytes);
      require(avformat.avformat_write_header(file, (AVDictionary) null));
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  /** Writes a picture, and the sound before it. */
  void write(Image picture, double seconds) {
    last = Math.max(last + 1, Math.round(seconds * PictureEncoder.UNITS_PER_SECOND));
    if (sound != null) {
      sound.copyUntil(seconds, file);
    }
    encoder.encode(picture, last, this::add);
  }

  private void add(AVPacket packet) {
    avcodec.av_packet_rescale_ts(packet, encoder.codec().time_base(), stream.time_base());
    packet.stream_index(stream.index());
    require(avformat.av_interleaved_write_frame(file, packet));
  }

  /** Completes the file. */
  void finish() {
    encoder.finish(this::add);
    if (sound != null) {
      sound.finish((double) last / PictureEncoder.UNITS_PER_SECOND + frameSeconds, file);
    }
    require(avformat.av_write_trailer(file));
    int code = avformat.avio_closep(file.pb());
    file.pb(null);
    require(code);
  }

  private void require(int code) {
    if (code < 0) {
      throw new VideoException(
          "cannot write the video "
              + name
              + ": "
              + FfmpegNatives.message(code)
              + "; check that the folder is writable and the disk has space",
          new IllegalStateException("code " + code));
    }
  }

  @Override
  public void close() {
    encoder.close();
    if (!file.isNull()) {
      AVIOContext bytes = file.pb();
      if (bytes != null && !bytes.isNull()) {
        avformat.avio_closep(bytes);
        file.pb(null);
      }
      avformat.avformat_free_context(file);
      file.setNull();
    }
  }
}
