package io.facepipeline.cli.video;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.VideoWriter;

/** Writes frames into a video. */
final class FrameVideo implements FrameSink {
  private final VideoWriter video;

  FrameVideo(VideoWriter video) {
    this.video = video;
  }

  @Override
  public void write(Image frame, long index, double seconds) {
    if (seconds < 0) {
      video.write(frame, index);
    } else {
      video.writeAt(frame, seconds);
    }
  }

  @Override
  public void finish() {
    video.finish();
  }

  @Override
  public void close() {
    video.close();
  }
}
