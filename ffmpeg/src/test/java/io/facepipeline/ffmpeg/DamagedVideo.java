package io.facepipeline.ffmpeg;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/** A small video of a texture that moves, whose frames can be damaged one by one. */
final class DamagedVideo {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;
  private static final int RATE = 25;

  /** The brightness of a corner says which frame it is. */
  private static final int CORNER = 32;

  private static final int LEVELS = 12;
  private static final int CHUNK_HEADER = 8;

  private final Path file;
  private final List<Place> places;

  private record Place(int position, int size) {}

  private DamagedVideo(Path file, List<Place> places) {
    this.file = file;
    this.places = places;
  }

  Path file() {
    return file;
  }

  /** Makes a video whose name says how it is coded and stored. */
  static DamagedVideo make(Path file, int frames) throws IOException {
    FfmpegNatives.load();
    String name = file.getFileName().toString();
    boolean mjpeg = name.startsWith("mjpeg");
    try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file.toFile(), WIDTH, HEIGHT)) {
      recorder.setFormat(
          name.endsWith("mkv") ? "matroska" : name.substring(name.lastIndexOf('.') + 1));
      recorder.setFrameRate(RATE);
      recorder.setPixelFormat(mjpeg ? avutil.AV_PIX_FMT_YUVJ420P : avutil.AV_PIX_FMT_YUV420P);
      if (name.startsWith("h264")) {
        recorder.setVideoCodecName("libopenh264");
      } else {
        recorder.setVideoCodec(mjpeg ? avcodec.AV_CODEC_ID_MJPEG : avcodec.AV_CODEC_ID_MPEG4);
      }
      recorder.setVideoBitrate(2_000_000);
      recorder.start();
      for (int i = 0; i < frames; i++) {
        try (Frame frame = new Frame(WIDTH, HEIGHT, Frame.DEPTH_UBYTE, 3)) {
          paint(frame, i);
          recorder.record(frame, avutil.AV_PIX_FMT_BGR24);
        }
      }
    }
    return new DamagedVideo(file, places(file));
  }

  private static void paint(Frame frame, int index) {
    ByteBuffer pixels = (ByteBuffer) frame.image[0];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        boolean corner = x < CORNER && y < CORNER;
        int value = corner ? LEVELS * (index + 1) : ((3 * (x + 4 * index)) ^ (2 * y)) & 0xFF;
        for (int c = 0; c < 3; c++) {
          pixels.put(y * frame.imageStride + 3 * x + c, (byte) (corner ? value : value >> c));
        }
      }
    }
  }

  /** Which frame a picture is. */
  static int number(Image image) {
    return Math.round((image.rgbAt(CORNER / 2, CORNER / 2) & 0xFF) / (float) LEVELS) - 1;
  }

  private static List<Place> places(Path file) throws IOException {
    List<Place> places = new ArrayList<>();
    AVPacket packet = avcodec.av_packet_alloc();
    try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
      grabber.start();
      while (avformat.av_read_frame(grabber.getFormatContext(), packet) >= 0) {
        places.add(new Place((int) packet.pos(), packet.size()));
        avcodec.av_packet_unref(packet);
      }
    } finally {
      avcodec.av_packet_free(packet);
    }
    return places;
  }

  /** Writes over the middle of a frame's data. */
  void scramble(int frame) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Place place = places.get(frame);
    Random random = new Random(3);
    for (int i = place.size() / 4; i < 3 * place.size() / 4; i++) {
      bytes[place.position() + i] = (byte) random.nextInt();
    }
    Files.write(file, bytes);
  }

  /** Writes zeros over frames and what stands before them in the file. */
  void wipe(int first, int last) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Place end = places.get(last);
    int from = places.get(first).position() - CHUNK_HEADER;
    Arrays.fill(bytes, from, end.position() + end.size(), (byte) 0);
    Files.write(file, bytes);
  }
}
