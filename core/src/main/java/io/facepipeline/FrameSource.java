package io.facepipeline;

import org.jspecify.annotations.Nullable;

/** Frames of a video, one after another. Not thread-safe. */
public interface FrameSource extends AutoCloseable {
  /**
   * {@return the next frame, upright; null after the last}
   *
   * @throws io.facepipeline.FacePipelineException if the frame cannot be read; the next call gives
   *     the frame behind it
   * @throws IllegalStateException if the source is closed
   */
  @Nullable Image next();

  /** {@return about how many frames there are in all; 0 if that is not known} */
  long estimatedFrames();

  /** {@return the frames of a second, to play them at; 0 if that is not known} */
  double framesPerSecond();

  /** Frees what the source holds. Further calls do nothing. */
  @Override
  void close();
}
