package io.facepipeline.examples;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.VideoWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The photos that the programs show when they get none: of people who do not exist. */
final class SampleAlbum {
  private static final int WIDTH = 640;
  private static final int STEP = 10;
  private static final double FRAMES_PER_SECOND = 25;

  private SampleAlbum() {}

  /** A photo or a folder of the album, such as {@code groups/group_1.jpg}. */
  static Path path(String name) {
    URL url = SampleAlbum.class.getResource("/album/" + name);
    try {
      return Path.of(Objects.requireNonNull(url, name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(url + " is no file", e);
    }
  }

  /** Writes a video in which a camera pans over a group photo, from the left to the right. */
  static Path video() throws IOException {
    Image photo = Image.read(path("groups/group_1.jpg"));
    Path file = Files.createTempDirectory("album").resolve("pan.mp4");
    try (VideoWriter video = VideoWriter.to(file, FRAMES_PER_SECOND)) {
      for (int x = 0; x + WIDTH <= photo.width(); x += STEP) {
        video.write(photo.crop(x, 0, WIDTH, photo.height()));
      }
      video.finish();
    }
    return file;
  }
}
