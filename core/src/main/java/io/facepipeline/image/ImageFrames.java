package io.facepipeline.image;

import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures as the frames of a video, such as those of a folder. Each is read when its turn comes.
 * Not thread-safe.
 */
public final class ImageFrames implements FrameSource {
  private final List<? extends ImageSource> pictures;
  private int next;
  private boolean closed;

  public ImageFrames(List<? extends ImageSource> pictures) {
    this.pictures = List.copyOf(pictures);
  }

  @Override
  public @Nullable Image next() {
    if (closed) {
      throw new IllegalStateException("the frames were closed; open them again");
    }
    return next < pictures.size() ? pictures.get(next++).load() : null;
  }

  @Override
  public long estimatedFrames() {
    return pictures.size();
  }

  @Override
  public double framesPerSecond() {
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
