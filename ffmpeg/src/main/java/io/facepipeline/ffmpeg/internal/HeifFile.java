package io.facepipeline.ffmpeg.internal;

import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A HEIF file in memory, whose boxes FFmpeg has read. Not thread-safe. */
final class HeifFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /** So many times the picture's pixels may lie in its tiles, which reach beyond its edges. */
  private static final int MOST_OVERHANG = 4;

  private static final int SET = 0;
  private static final int CURRENT = 1;
  private static final int END = 2;

  private final byte[] bytes;
  private final String name;
  private int at;

  // Native code holds the callbacks' addresses only.
  private final Reading reading = new Reading();
  private final Seeking seeking = new Seeking();
  private final AVIOContext io;
  private final AVFormatContext context;

  private HeifFile(byte[] bytes, String name) {
    this.bytes = bytes;
    this.name = name;
    io =
        avformat.avio_alloc_context(
            new BytePointer(avutil.av_malloc(BUFFER)), BUFFER, 0, null, reading, null, seeking);
    context = avformat.avformat_alloc_context();
    context.pb(io);
  }

  static HeifFile open(byte[] bytes, String name) {
    HeifFile file = new HeifFile(bytes, name);
    boolean ready = false;
    try {
      AVInputFormat mov = avformat.av_find_input_format("mov");
      // On failure FFmpeg frees the context itself, and sets its address to null.
      int code =
          avformat.avformat_open_input(file.context, (String) null, mov, (AVDictionary) null);
      if (code < 0) {
        throw new ImageException(
            name, Reason.CORRUPT, "ffmpeg cannot read its boxes; the file is damaged");
      }
      ready = true;
      return file;
    } finally {
      if (!ready) {
        file.close();
      }
    }
  }

  private final class Reading extends Read_packet_Pointer_BytePointer_int {
    @Override
    public int call(Pointer opaque, BytePointer buffer, int size) {
      int count = Math.min(size, bytes.length - at);
      if (count <= 0) {
        return avutil.AVERROR_EOF();
      }
      buffer.put(bytes, at, count);
      at += count;
      return count;
    }
  }

  private final class Seeking extends Seek_Pointer_long_int {
    @Override
    public long call(Pointer opaque, long offset, int whence) {
      if ((whence & avformat.AVSEEK_SIZE) != 0) {
        return bytes.length;
      }
      long to =
          switch (whence & ~avformat.AVSEEK_FORCE) {
            case SET -> offset;
            case CURRENT -> at + offset;
            case END -> bytes.length + offset;
            default -> -1;
          };
      if (to < 0 || to > bytes.length) {
        return -1;
      }
      at = (int) to;
      return to;
    }
  }

  /** The primary picture, if it keeps to the limits. */
  HeifPicture picture(ReadOptions options) {
    for (int i = 0; i < context.nb_stream_groups(); i++) {
      AVStreamGroup group = context.stream_groups(i);
      if (group.type() == avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID
          && (group.disposition() & avformat.AV_DISPOSITION_DEFAULT) != 0) {
        return tiles(group, options);
      }
    }
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO
          && (stream.disposition() & avformat.AV_DISPOSITION_DEFAULT) != 0) {
        return single(stream, options);
      }
    }
    throw new ImageException(
        name, Reason.UNSUPPORTED, "has no primary picture that ffmpeg knows; convert it to jpeg");
  }

  private HeifPicture single(AVStream stream, ReadOptions options) {
    AVPacketSideData data = stream.codecpar().coded_side_data();
    int count = stream.codecpar().nb_coded_side_data();
    options.requireAllowed(stream.codecpar().width(), stream.codecpar().height(), name);
    IntPointer crop = find(data, count, avcodec.AV_PKT_DATA_FRAME_CROPPING, 4);
    int top = crop == null ? 0 : crop.get(0);
    int left = crop == null ? 0 : crop.get(2);
    long width = (long) stream.codecpar().width() - left - (crop == null ? 0 : crop.get(3));
    long height = (long) stream.codecpar().height() - top - (crop == null ? 0 : crop.get(1));
    options.requireAllowed(width, height, name);
    HeifPicture picture =
        new HeifPicture(context, name, (int) width, (int) height, orientation(data, count));
    picture.add(stream, -left, -top);
    return picture;
  }

  private HeifPicture tiles(AVStreamGroup group, ReadOptions options) {
    AVStreamGroupTileGrid grid = group.params_tile_grid();
    options.requireAllowed(grid.width(), grid.height(), name);
    HeifPicture picture =
        new HeifPicture(
            context,
            name,
            grid.width(),
            grid.height(),
            orientation(grid.coded_side_data(), grid.nb_coded_side_data()));
    long pixels = 0;
    for (int i = 0; i < grid.nb_tiles(); i++) {
      int index = grid.offsets_idx(i);
      if (index < 0 || index >= group.nb_streams()) {
        throw new ImageException(name, Reason.CORRUPT, "has a tile that is not there");
      }
      AVStream stream = group.streams(index);
      options.requireAllowed(stream.codecpar().width(), stream.codecpar().height(), name);
      pixels += (long) stream.codecpar().width() * stream.codecpar().height();
      picture.add(
          stream,
          grid.offsets_horizontal(i) - grid.horizontal_offset(),
          grid.offsets_vertical(i) - grid.vertical_offset());
    }
    long smallest = 1 << 20;
    long most = MOST_OVERHANG * Math.max(smallest, (long) grid.width() * grid.height());
    if (pixels > most) {
      throw new ImageException(
          name,
          Reason.TOO_LARGE,
          "has tiles of " + pixels + " pixels for " + grid.width() + "x" + grid.height());
    }
    return picture;
  }

  /** As Exif numbers it: FFmpeg tells the file's turn and mirror by a matrix. */
  private static int orientation(AVPacketSideData data, int count) {
    IntPointer matrix = find(data, count, avcodec.AV_PKT_DATA_DISPLAYMATRIX, 9);
    if (matrix == null) {
      return 1;
    }
    int a = Integer.signum(matrix.get(0));
    int b = Integer.signum(matrix.get(1));
    int c = Integer.signum(matrix.get(3));
    int d = Integer.signum(matrix.get(4));
    if (a != 0 && d != 0) {
      return a > 0 ? (d > 0 ? 1 : 4) : (d > 0 ? 2 : 3);
    }
    return c > 0 ? (b > 0 ? 5 : 8) : (b > 0 ? 6 : 7);
  }

  private static @Nullable IntPointer find(
      AVPacketSideData data, int count, int type, int numbers) {
    for (int i = 0; i < count; i++) {
      AVPacketSideData one = new AVPacketSideData(data).position(i);
      if (one.type() == type && one.size() >= (long) numbers * Integer.BYTES) {
        return new IntPointer(one.data());
      }
    }
    return null;
  }

  @Override
  public void close() {
    if (!context.isNull()) {
      avformat.avformat_close_input(context);
    }
    // FFmpeg may have put a larger buffer in the place of the first.
    avutil.av_free(io.buffer());
    avformat.avio_context_free(io);
    reading.close();
    seeking.close();
  }
}
