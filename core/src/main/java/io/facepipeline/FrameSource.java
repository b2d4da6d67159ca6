package io.facepipeline;

import io.facepipeline.image.ImageFrames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Frames of a video, one after another. Each call of {@link #next} consumes one frame, readable or
 * not, so calls number the frames. Not thread-safe.
 */
public interface FrameSource extends AutoCloseable {
  /**
   * {@return pictures as the frames of a video, such as those of a folder; each is read when its
   * turn comes}
   *
   * @param pictures the pictures in order
   */
  static FrameSource of(List<? extends ImageSource> pictures) {
    return new ImageFrames(pictures);
  }

  /**
   * {@return the next frame, upright; null after the last}
   *
   * @throws io.facepipeline.FacePipelineException if the frame cannot be read; the next call
   *     returns the frame after it
   * @throws IllegalStateException if the source is closed
   */
  @Nullable Image next();

  /**
   * {@return when the frame of the latest call of {@link #next}, readable or not, is shown: seconds
   * since the first frame, each more than the one before; -1 if unknown}
   */
  default double seconds() {
    return -1;
  }

  /** {@return the approximate number of frames; 0 if unknown} */
  long estimatedFrames();

  /** {@return the frames per second for playback; 0 if unknown} */
  double framesPerSecond();

  /** Frees the source's resources. Further calls do nothing. */
  @Override
  void close();
}
