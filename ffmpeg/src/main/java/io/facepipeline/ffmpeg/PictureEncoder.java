package io.facepipeline.ffmpeg;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/** Codes pictures as H.264, or as MPEG-4 where there is no OpenH264. Not thread-safe. */
final class PictureEncoder implements AutoCloseable {
  /** Divisions of a second that hold the frame rates in use; MPEG-4 allows no more than 65,535. */
  static final int UNITS_PER_SECOND = 60_000;

  /** Bits for each pixel of a frame: faces keep their look, and text stays legible. */
  private static final double BITS_PER_PIXEL = 0.12;

  /** How many frames there are from one that is coded alone to the next. */
  private static final int GROUP = 12;

  private static final int CHANNELS = 3;
  private static final int MOST_DENOMINATOR = 1_001_000;

  private final String name;
  private final AVCodecContext codec;
  private final AVFrame rgb = avutil.av_frame_alloc();
  private final AVFrame coded = avutil.av_frame_alloc();
  private final AVPacket packet = avcodec.av_packet_alloc();
  private final long frameUnits;
  private @Nullable SwsContext scaler;

  /**
   * Opens an encoder.
   *
   * @param name what to call the video in messages
   * @param width the frames' width; the codecs want even sides
   * @param height their height
   * @param rate frames per second
   */
  PictureEncoder(String name, int width, int height, double rate) {
    this.name = name;
    frameUnits = Math.max(1, Math.round(UNITS_PER_SECOND / rate));
    AVCodec encoder = avcodec.avcodec_find_encoder_by_name("libopenh264");
    if (encoder == null) {
      encoder = avcodec.avcodec_find_encoder(avcodec.AV_CODEC_ID_MPEG4);
    }
    codec = avcodec.avcodec_alloc_context3(encoder);
    boolean ready = false;
    try {
      codec.width(Math.max(2, width & ~1)).height(Math.max(2, height & ~1));
      codec.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
      codec.time_base(new AVRational().num(1).den(UNITS_PER_SECOND));
      codec.framerate(avutil.av_d2q(rate, MOST_DENOMINATOR));
      codec.bit_rate((long) (BITS_PER_PIXEL * width * height * rate));
      codec.gop_size(GROUP);
      codec.thread_count(0);
      codec.flags(codec.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
      require(avcodec.avcodec_open2(codec, encoder, (AVDictionary) null));
      coded.width(codec.width()).height(codec.height()).format(codec.pix_fmt());
      require(avutil.av_frame_get_buffer(coded, 0));
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  AVCodecContext codec() {
    return codec;
  }

  /**
   * Codes a picture.
   *
   * @param picture scaled to the size of the video
   * @param time in units, later than the one before
   * @param each gets the packets that are done
   */
  void encode(Image picture, long time, Consumer<AVPacket> each) {
    // An encoder may still hold the one before.
    require(avutil.av_frame_make_writable(coded));
    convert(picture);
    coded.pts(time).duration(frameUnits);
    send(coded, each);
  }

  /** Gives out the packets that are still to come. */
  void finish(Consumer<AVPacket> each) {
    send(null, each);
  }

  private void convert(Image picture) {
    int width = picture.width();
    int height = picture.height();
    if (rgb.width() != width || rgb.height() != height) {
      avutil.av_frame_unref(rgb);
      rgb.width(width).height(height).format(avutil.AV_PIX_FMT_RGB24);
      require(avutil.av_frame_get_buffer(rgb, 0));
    }
    byte[] pixels = picture.unsafeRgb();
    BytePointer rows = rgb.data(0);
    for (int y = 0; y < height; y++) {
      rows.position((long) y * rgb.linesize(0)).put(pixels, y * CHANNELS * width, CHANNELS * width);
    }
    scaler =
        swscale.sws_getCachedContext(
            scaler,
            width,
            height,
            avutil.AV_PIX_FMT_RGB24,
            codec.width(),
            codec.height(),
            codec.pix_fmt(),
            swscale.SWS_BILINEAR,
            null,
            null,
            (DoublePointer) null);
    swscale.sws_scale(
        scaler, rgb.data(), rgb.linesize(), 0, height, coded.data(), coded.linesize());
  }

  private void send(@Nullable AVFrame frame, Consumer<AVPacket> each) {
    require(avcodec.avcodec_send_frame(codec, frame));
    while (true) {
      int code = avcodec.avcodec_receive_packet(codec, packet);
      if (code == avutil.AVERROR_EAGAIN() || code == avutil.AVERROR_EOF()) {
        return;
      }
      require(code);
      try {
        packet.duration(frameUnits);
        each.accept(packet);
      } finally {
        avcodec.av_packet_unref(packet);
      }
    }
  }

  private void require(int code) {
    if (code < 0) {
      throw new VideoException(
          "cannot code the frames of " + name + ": " + FfmpegNatives.message(code),
          new IllegalStateException("code " + code));
    }
  }

  @Override
  public void close() {
    swscale.sws_freeContext(scaler);
    scaler = null;
    avcodec.av_packet_free(packet);
    avutil.av_frame_free(coded);
    avutil.av_frame_free(rgb);
    avcodec.avcodec_free_context(codec);
  }
}
