package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import io.facepipeline.Image;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** WebP files of each form, for tests. */
public final class WebpSeeds {
  private static final int ANIMATED = 2;
  private static final int EXIF = 8;

  private WebpSeeds() {}

  /** Without loss, which OpenCV writes without a quality. */
  public static byte[] lossless(Image image) {
    try (Mat bgr = Mats.bgr(image);
        BytePointer encoded = new BytePointer()) {
      assertTrue(opencv_imgcodecs.imencode(".webp", bgr, encoded));
      return bytes(encoded);
    }
  }

  public static byte[] lossy(Image image) {
    try (Mat bgr = Mats.bgr(image);
        IntPointer quality = new IntPointer(opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 80);
        BytePointer encoded = new BytePointer()) {
      assertTrue(opencv_imgcodecs.imencode(".webp", bgr, encoded, quality));
      return bytes(encoded);
    }
  }

  private static byte[] bytes(BytePointer encoded) {
    byte[] webp = new byte[Math.toIntExact(encoded.limit())];
    encoded.get(webp);
    return webp;
  }

  /** The chunk of pixels of a file that has nothing else. */
  static byte[] pixels(byte[] still) {
    return Arrays.copyOfRange(still, 12, still.length);
  }

  /** An animation whose pictures lie at one place of the canvas. */
  public static byte[] animated(int width, int height, int left, int top, List<Image> pictures) {
    List<byte[]> frames = new ArrayList<>();
    for (Image picture : pictures) {
      byte[] place = Bytes.concat(u24(left / 2), u24(top / 2));
      byte[] size = Bytes.concat(u24(picture.width() - 1), u24(picture.height() - 1));
      byte[] pixels = pixels(frames.size() % 2 == 0 ? lossless(picture) : lossy(picture));
      frames.add(chunk("ANMF", Bytes.concat(place, size, u24(100), new byte[1], pixels)));
    }
    return riff(
        extended(ANIMATED, width, height),
        chunk("ANIM", new byte[6]),
        Bytes.concat(frames.toArray(byte[][]::new)));
  }

  /** A still picture that says how the camera was held. */
  public static byte[] withExif(Image image, byte[] exif) {
    return riff(
        extended(EXIF, image.width(), image.height()),
        pixels(lossless(image)),
        chunk("EXIF", exif));
  }

  private static byte[] extended(int flags, int width, int height) {
    return chunk("VP8X", Bytes.concat(u32(flags), u24(width - 1), u24(height - 1)));
  }

  private static byte[] u24(int value) {
    return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
  }

  private static byte[] u32(int value) {
    return Bytes.concat(u24(value), new byte[] {(byte) (value >> 24)});
  }

  static byte[] chunk(String type, byte[] data) {
    byte[] padding = new byte[data.length % 2];
    return Bytes.concat(type.getBytes(StandardCharsets.US_ASCII), u32(data.length), data, padding);
  }

  static byte[] riff(byte[]... chunks) {
    byte[] all = Bytes.concat(chunks);
    return Bytes.concat(
        "RIFF".getBytes(StandardCharsets.US_ASCII),
        u32(4 + all.length),
        "WEBP".getBytes(StandardCharsets.US_ASCII),
        all);
  }
}
