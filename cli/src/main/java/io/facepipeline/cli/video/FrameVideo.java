package io.facepipeline.cli.video;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.VideoWriter;
import java.nio.file.Path;

/** Writes frames into a video. */
final class FrameVideo implements FrameSink {
  private final VideoWriter video;

  FrameVideo(Path target, double framesPerSecond) {
    video = VideoWriter.to(target, framesPerSecond);
  }

  @Override
  public void write(Image frame, long index) {
    video.write(frame, index);
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
