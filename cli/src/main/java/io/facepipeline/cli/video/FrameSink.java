package io.facepipeline.cli.video;

import io.facepipeline.Image;

/** Takes annotated frames. What was written is there only after {@link #finish}. */
interface FrameSink extends AutoCloseable {
  /**
   * Takes a frame.
   *
   * @param index its number in the video
   * @param seconds when it is shown; -1 if unknown
   */
  void write(Image frame, long index, double seconds);

  /** All frames have been written. */
  void finish();

  @Override
  void close();
}
