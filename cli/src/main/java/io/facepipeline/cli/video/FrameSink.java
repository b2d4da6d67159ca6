package io.facepipeline.cli.video;

import io.facepipeline.Image;

/** Takes annotated frames. What was written is there only after {@link #finish}. */
interface FrameSink extends AutoCloseable {
  /** Takes a frame, by its number in the video. */
  void write(Image frame, long index);

  /** All frames have been written. */
  void finish();

  @Override
  void close();
}
