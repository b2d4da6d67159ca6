package io.facepipeline.cli.output;

import io.facepipeline.ffmpeg.VideoException;
import io.facepipeline.ffmpeg.VideoWriter;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Videos that get the sound of another, where MP4 can hold it. */
public final class CopiedSound {
  private CopiedSound() {}

  /** Begins a video with the sound of another; says so if it has to do without. */
  public static VideoWriter writer(
      Path target, double framesPerSecond, Path source, PrintWriter err) {
    try {
      return VideoWriter.to(target, framesPerSecond, source);
    } catch (VideoException e) {
      err.println("facepipeline: written without sound: " + e.getMessage());
      return VideoWriter.to(target, framesPerSecond);
    }
  }
}
