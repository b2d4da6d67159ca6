package io.facepipeline.training.data;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.WholeFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The decoded photos of a training set, of any sizes, in one file. Thread-safe. */
public final class PhotoStore implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final Path file;
  private final FileChannel channel;
  private final int[] widths;
  private final int[] heights;
  private final long[] places;

  private PhotoStore(Path file, FileChannel channel, List<String> sizes) {
    this.file = file;
    this.channel = channel;
    widths = new int[sizes.size()];
    heights = new int[sizes.size()];
    places = new long[sizes.size()];
    long at = 0;
    for (int i = 0; i < places.length; i++) {
      String[] sides = sizes.get(i).split(" ", -1);
      widths[i] = Integer.parseInt(sides[0]);
      heights[i] = Integer.parseInt(sides[1]);
      places[i] = at;
      at += (long) CHANNELS * widths[i] * heights[i];
    }
  }

  /**
   * Opens a store, which is made first if it is missing.
   *
   * @param file where it is; the sizes are beside it
   * @param count the number of photos
   * @param photos gives each
   * @throws FacePipelineException if the file cannot be made or read
   */
  public static PhotoStore open(
      Path file, int count, IntFunction<Image> photos, ProgressListener progress) {
    Path sizes = file.resolveSibling(file.getFileName() + ".sizes");
    try {
      if (!Files.exists(file)) {
        make(file, sizes, count, photos, progress);
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new PhotoStore(file, channel, Files.readAllLines(sizes));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new FacePipelineException(
          "cannot use the photos in "
              + file
              + "; delete the file, and it will be created again: "
              + e,
          e);
    }
  }

  private static void make(
      Path file, Path sizes, int count, IntFunction<Image> photos, ProgressListener progress)
      throws IOException {
    List<String> lines = new ArrayList<>();
    WholeFile.write(
        file,
        WholeFile.Access.UMASK,
        part -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            for (int i = 0; i < count; i++) {
              Image photo = photos.apply(i);
              out.write(photo.unsafeRgb());
              lines.add(photo.width() + " " + photo.height());
              progress.progress(i + 1, count, "photos");
            }
          }
          // Before the photos have their name: photos without sizes are of no use.
          WholeFile.write(
              sizes,
              WholeFile.Access.UMASK,
              String.join("\n", lines).concat("\n").getBytes(StandardCharsets.UTF_8));
        });
  }

  /** {@return the number of photos} */
  public int size() {
    return places.length;
  }

  /** {@return the width of a photo in pixels} */
  public int width(int index) {
    return widths[index];
  }

  /** {@return the height of a photo in pixels} */
  public int height(int index) {
    return heights[index];
  }

  /** {@return a photo} */
  public Image photo(int index) {
    ByteBuffer rgb = ByteBuffer.allocate(CHANNELS * widths[index] * heights[index]);
    try {
      while (rgb.hasRemaining()) {
        if (channel.read(rgb, places[index] + rgb.position()) < 0) {
          throw new FacePipelineException(
              file
                  + " ends within photo "
                  + index
                  + "; delete the file, and it will be created again");
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot read photo " + index + " of " + file + ": " + e, e);
    }
    return Image.unsafeOfRgb(widths[index], heights[index], rgb.array());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new FacePipelineException("cannot close " + file + ": " + e, e);
    }
  }
}
