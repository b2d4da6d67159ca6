package io.facepipeline.ffmpeg.internal;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.image.ExifOrientation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;

/** A picture of one or more tiles, each of which is a stream of one packet. Not thread-safe. */
final class HeifPicture {
  private static final int FIXED_POINT_ONE = 1 << 16;

  private final AVFormatContext file;
  private final String name;
  private final int width;
  private final int height;
  private final int orientation;
  private final byte[] rgb;

  /** Where each stream's tile goes; the same tile may go to several places. */
  private final Map<Integer, List<Place>> places = new HashMap<>();

  private final Map<Integer, AVStream> streams = new HashMap<>();

  private record Place(int x, int y) {}

  HeifPicture(AVFormatContext file, String name, int width, int height, int orientation) {
    this.file = file;
    this.name = name;
    this.width = width;
    this.height = height;
    this.orientation = orientation;
    rgb = new byte[3 * width * height];
  }

  void add(AVStream stream, int x, int y) {
    streams.put(stream.index(), stream);
    places.computeIfAbsent(stream.index(), index -> new ArrayList<>()).add(new Place(x, y));
  }

  Image decode() {
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame tile = avutil.av_frame_alloc();
    int left = places.size();
    try {
      while (left > 0 && avformat.av_read_frame(file, packet) >= 0) {
        AVStream stream = streams.remove(packet.stream_index());
        if (stream != null) {
          if ((packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
            throw new ImageException(name, Reason.CORRUPT, "ends within its pixels; it is cut");
          }
          decode(stream, packet, tile);
          place(tile, places.getOrDefault(packet.stream_index(), List.of()));
          avutil.av_frame_unref(tile);
          left--;
        }
        avcodec.av_packet_unref(packet);
      }
    } finally {
      avcodec.av_packet_free(packet);
      avutil.av_frame_free(tile);
    }
    if (left > 0) {
      throw new ImageException(
          name,
          Reason.CORRUPT,
          left + " of its " + places.size() + " tiles are missing; it is cut");
    }
    return ExifOrientation.apply(rgb, width, height, orientation);
  }

  private void decode(AVStream stream, AVPacket packet, AVFrame tile) {
    AVCodec decoder = avcodec.avcodec_find_decoder(stream.codecpar().codec_id());
    if (decoder == null) {
      throw new ImageException(
          name, Reason.UNSUPPORTED, "is coded in a way that this ffmpeg cannot decode");
    }
    AVCodecContext codec = avcodec.avcodec_alloc_context3(decoder);
    FfmpegLog.listen(codec);
    try {
      avcodec.avcodec_parameters_to_context(codec, stream.codecpar());
      // The photos of a pipeline are decoded at the same time.
      codec.thread_count(1);
      codec.max_pixels(
          (long) stream.codecpar().width() * stream.codecpar().height() * 2 + (1 << 16));
      boolean decoded =
          avcodec.avcodec_open2(codec, decoder, (AVDictionary) null) >= 0
              && avcodec.avcodec_send_packet(codec, packet) >= 0
              && avcodec.avcodec_send_packet(codec, null) >= 0
              && avcodec.avcodec_receive_frame(codec, tile) >= 0;
      List<String> said = FfmpegLog.take(codec);
      if (!decoded || !said.isEmpty() || tile.decode_error_flags() != 0) {
        throw new ImageException(
            name,
            Reason.CORRUPT,
            "ffmpeg cannot decode it; the file is damaged: " + String.join("; ", said));
      }
    } finally {
      FfmpegLog.forget(codec);
      avcodec.avcodec_free_context(codec);
    }
  }

  private void place(AVFrame tile, List<Place> at) {
    int w = tile.width();
    int h = tile.height();
    byte[] pixels = pixels(tile, w, h);
    for (Place place : at) {
      int fromX = Math.max(0, -place.x());
      int columns = Math.min(w, width - place.x()) - fromX;
      for (int y = Math.max(0, -place.y()); y < h && place.y() + y < height && columns > 0; y++) {
        System.arraycopy(
            pixels,
            3 * (y * w + fromX),
            rgb,
            3 * ((place.y() + y) * width + place.x() + fromX),
            3 * columns);
      }
    }
  }

  /** RGB in the matrix and the range that the tile says it has. */
  private byte[] pixels(AVFrame tile, int w, int h) {
    SwsContext scaler =
        swscale.sws_getContext(
            w,
            h,
            tile.format(),
            w,
            h,
            avutil.AV_PIX_FMT_RGB24,
            swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT,
            null,
            null,
            (DoublePointer) null);
    if (scaler == null) {
      throw new ImageException(
          name, Reason.UNSUPPORTED, "has pixels that this ffmpeg cannot convert to rgb");
    }
    AVFrame converted = avutil.av_frame_alloc();
    try {
      int full = tile.color_range() == avutil.AVCOL_RANGE_JPEG ? 1 : 0;
      swscale.sws_setColorspaceDetails(
          scaler,
          swscale.sws_getCoefficients(tile.colorspace()),
          full,
          swscale.sws_getCoefficients(swscale.SWS_CS_DEFAULT),
          1,
          0,
          FIXED_POINT_ONE,
          FIXED_POINT_ONE);
      converted.width(w).height(h).format(avutil.AV_PIX_FMT_RGB24);
      if (avutil.av_frame_get_buffer(converted, 0) < 0) {
        throw new OutOfMemoryError("no room for a tile of " + w + "x" + h + " pixels");
      }
      swscale.sws_scale(
          scaler, tile.data(), tile.linesize(), 0, h, converted.data(), converted.linesize());
      byte[] pixels = new byte[3 * w * h];
      BytePointer rows = converted.data(0);
      for (int y = 0; y < h; y++) {
        rows.position((long) y * converted.linesize(0)).get(pixels, 3 * w * y, 3 * w);
      }
      return pixels;
    } finally {
      avutil.av_frame_free(converted);
      swscale.sws_freeContext(scaler);
    }
  }
}
