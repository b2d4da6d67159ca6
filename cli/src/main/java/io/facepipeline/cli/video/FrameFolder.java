package io.facepipeline.cli.video;

import io.facepipeline.Image;
import io.facepipeline.cli.output.Reports;
import java.nio.file.Path;
import java.util.Locale;

/** Writes frames as JPEG files into a folder. */
final class FrameFolder implements FrameSink {
  private static final float QUALITY = 0.9f;

  private final Path folder;

  FrameFolder(Path folder) {
    this.folder = Reports.folder(folder);
  }

  @Override
  public void write(Image frame, long index, double seconds) {
    String name = String.format(Locale.ROOT, "frame-%06d.jpg", index);
    frame.writeJpeg(folder.resolve(name), QUALITY);
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
