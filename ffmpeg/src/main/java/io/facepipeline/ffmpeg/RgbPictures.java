package io.facepipeline.ffmpeg;

import io.facepipeline.Image;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/** Turns FFmpeg's pictures of any kind into RGB. Not thread-safe. */
final class RgbPictures implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final AVFrame rgb = avutil.av_frame_alloc();
  private @Nullable SwsContext scaler;

  Image of(AVFrame picture) {
    int width = picture.width();
    int height = picture.height();
    scaler =
        swscale.sws_getCachedContext(
            scaler,
            width,
            height,
            picture.format(),
            width,
            height,
            avutil.AV_PIX_FMT_RGB24,
            swscale.SWS_BILINEAR,
            null,
            null,
            (DoublePointer) null);
    if (rgb.width() != width || rgb.height() != height) {
      avutil.av_frame_unref(rgb);
      rgb.width(width).height(height).format(avutil.AV_PIX_FMT_RGB24);
      if (avutil.av_frame_get_buffer(rgb, 0) < 0) {
        throw new OutOfMemoryError("no room for a frame of " + width + "x" + height + " pixels");
      }
    }
    swscale.sws_scale(
        scaler, picture.data(), picture.linesize(), 0, height, rgb.data(), rgb.linesize());
    byte[] pixels = new byte[CHANNELS * width * height];
    BytePointer rows = rgb.data(0);
    for (int y = 0; y < height; y++) {
      rows.position((long) y * rgb.linesize(0)).get(pixels, y * CHANNELS * width, CHANNELS * width);
    }
    return Image.unsafeOfRgb(width, height, pixels);
  }

  @Override
  public void close() {
    avutil.av_frame_free(rgb);
    swscale.sws_freeContext(scaler);
    scaler = null;
  }
}
