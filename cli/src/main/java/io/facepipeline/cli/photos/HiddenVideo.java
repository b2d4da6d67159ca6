package io.facepipeline.cli.photos;

import io.facepipeline.FacePipelineException;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.cli.output.CopiedSound;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.ffmpeg.VideoReader;
import io.facepipeline.ffmpeg.VideoWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The copy of a video without its faces, which may be written more than once. */
final class HiddenVideo implements AutoCloseable {
  private final Path source;
  private final Path part;
  private final boolean sound;
  private final PhotoResult result;
  private final PrintWriter err;
  private boolean warned;

  /**
   * @param part where it is written until it is complete
   * @param result is told of the size
   */
  HiddenVideo(Path source, Path part, boolean sound, PhotoResult result, PrintWriter err) {
    this.source = source;
    this.part = part;
    this.sound = sound;
    this.result = result;
    this.err = err;
  }

  /** Writes all frames, and opens what it wrote. */
  FrameSource write(FrameSource frames) {
    try (VideoWriter writer = writer(frames.framesPerSecond())) {
      for (Image frame = frames.next(); frame != null; frame = frames.next()) {
        result.width = frame.width();
        result.height = frame.height();
        writer.writeAt(frame, frames.seconds());
      }
      writer.finish();
    }
    return VideoReader.open(part);
  }

  private VideoWriter writer(double rate) {
    if (!sound) {
      return VideoWriter.to(part, rate);
    }
    PrintWriter told = warned ? new PrintWriter(Writer.nullWriter()) : err;
    warned = true;
    return CopiedSound.writer(part, rate, source, told);
  }

  void moveTo(Path target) {
    if (!Files.exists(part)) {
      throw new FacePipelineException("no frame of " + source + " can be read");
    }
    try {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot write the video " + target + "; check that its folder is writable", e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new FacePipelineException("cannot delete " + part + "; delete it by hand", e);
    }
  }
}
