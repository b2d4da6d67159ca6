package io.facepipeline.ffmpeg;

import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/** Small videos with sound, and what packets a file holds. */
final class SoundedVideo {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;
  static final int RATE = 10;
  private static final int DEPTH = 12_000;

  private SoundedVideo() {}

  /**
   * A packet.
   *
   * @param stream its stream
   * @param seconds its time in the file
   * @param bytes a hash of what it holds
   */
  record Packet(int stream, double seconds, int bytes) {}

  /** Makes a video in which a tone rises, as long as the frames. */
  static Path make(Path file, String format, int soundCodec, int rate, int frames)
      throws IOException {
    FfmpegNatives.load();
    try (FFmpegFrameRecorder recorder =
        new FFmpegFrameRecorder(file.toFile(), WIDTH, HEIGHT, soundCodec == 0 ? 0 : 1)) {
      recorder.setFormat(format);
      recorder.setFrameRate(RATE);
      recorder.setVideoCodec(avcodec.AV_CODEC_ID_MPEG4);
      recorder.setPixelFormat(avutil.AV_PIX_FMT_YUV420P);
      recorder.setVideoBitrate(500_000);
      recorder.setSampleRate(rate);
      if (soundCodec != 0) {
        recorder.setAudioCodec(soundCodec);
      }
      recorder.start();
      int sample = 0;
      for (int i = 0; i < frames; i++) {
        try (Frame frame = new Frame(WIDTH, HEIGHT, Frame.DEPTH_UBYTE, 3)) {
          ByteBuffer pixels = (ByteBuffer) frame.image[0];
          for (int k = 0; k < pixels.capacity(); k++) {
            pixels.put(k, (byte) (20 * i + k % 7));
          }
          recorder.record(frame, avutil.AV_PIX_FMT_RGB24);
        }
        short[] tone = new short[rate / RATE];
        for (int k = 0; k < tone.length; k++, sample++) {
          tone[k] = (short) (DEPTH * Math.sin(sample * (0.02 + 1e-6 * sample)));
        }
        if (soundCodec != 0) {
          recorder.recordSamples(rate, 1, ShortBuffer.wrap(tone));
        }
      }
    }
    return file;
  }

  /** All packets of one kind, such as sound. */
  static List<Packet> packets(Path file, int kind) throws IOException {
    FfmpegNatives.load();
    List<Packet> packets = new ArrayList<>();
    AVPacket packet = avcodec.av_packet_alloc();
    try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
      grabber.start();
      while (avformat.av_read_frame(grabber.getFormatContext(), packet) >= 0) {
        AVStream stream = grabber.getFormatContext().streams(packet.stream_index());
        if (stream.codecpar().codec_type() == kind) {
          byte[] bytes = new byte[packet.size()];
          packet.data().get(bytes);
          double seconds = packet.pts() * avutil.av_q2d(stream.time_base());
          packets.add(new Packet(packet.stream_index(), seconds, Arrays.hashCode(bytes)));
        }
        avcodec.av_packet_unref(packet);
      }
    } finally {
      avcodec.av_packet_free(packet);
    }
    return packets;
  }
}
