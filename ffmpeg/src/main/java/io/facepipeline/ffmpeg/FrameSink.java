package io.facepipeline.ffmpeg;

import java.awt.image.BufferedImage;

/** Takes annotated frames. What was written is there only after {@link #finish}. */
public interface FrameSink extends AutoCloseable {
  /** Takes a frame of {@link BufferedImage#TYPE_3BYTE_BGR}. */
  void write(BufferedImage picture, long index);

  /** All frames have been written. */
  void finish();

  @Override
  void close();
}
