package io.facepipeline.training.data;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The square pictures of a training set in one file, and a line of text for each. Thread-safe. */
public final class PictureStore implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final Path file;
  private final int side;
  private final FileChannel channel;
  private final List<String> names;

  private PictureStore(Path file, int side, FileChannel channel, List<String> names) {
    this.file = file;
    this.side = side;
    this.channel = channel;
    this.names = List.copyOf(names);
  }

  /**
   * Opens a store, which is made first if it is missing.
   *
   * @param file where it is; the names are beside it
   * @param side the width and height of a picture in pixels
   * @param source hands each picture and its name, which is one line, to what it is given
   * @throws FacePipelineException if the file cannot be made or read
   */
  public static PictureStore open(Path file, int side, Consumer<BiConsumer<String, Image>> source) {
    Path names = file.resolveSibling(file.getFileName() + ".names");
    try {
      if (!Files.exists(file)) {
        make(file, side, names, source);
      }
      return new PictureStore(
          file, side, FileChannel.open(file, StandardOpenOption.READ), Files.readAllLines(names));
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot use the crops in "
              + file
              + "; delete the file, and it will be created again: "
              + e,
          e);
    }
  }

  private static void make(
      Path file, int side, Path names, Consumer<BiConsumer<String, Image>> source)
      throws IOException {
    List<String> lines = new ArrayList<>();
    WholeFile.write(
        file,
        WholeFile.Access.UMASK,
        part -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            source.accept(
                (name, picture) -> {
                  write(picture, side, out, file);
                  lines.add(name);
                });
          }
          if (lines.isEmpty()) {
            throw new FacePipelineException(
                "no face was found to train on; give more photos, or check which ones were left"
                    + " out");
          }
          // Before the pictures have their name: pictures without names are of no use.
          WholeFile.write(
              names,
              WholeFile.Access.UMASK,
              String.join("\n", lines).concat("\n").getBytes(StandardCharsets.UTF_8));
        });
  }

  private static void write(Image picture, int side, OutputStream out, Path file) {
    if (picture.width() != side || picture.height() != side) {
      throw new FacePipelineException(
          "a training crop is "
              + side
              + "x"
              + side
              + ", got a "
              + picture
              + "; give photos, or crops of that size");
    }
    try {
      out.write(picture.unsafeRgb());
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }

  /** {@return the number of pictures} */
  public int size() {
    return names.size();
  }

  /** {@return the line of a picture} */
  public String name(int index) {
    return names.get(index);
  }

  /** {@return a picture} */
  public Image picture(int index) {
    int bytes = CHANNELS * side * side;
    ByteBuffer rgb = ByteBuffer.allocate(bytes);
    try {
      long at = (long) index * bytes;
      while (rgb.hasRemaining()) {
        int read = channel.read(rgb, at + rgb.position());
        if (read < 0) {
          throw new FacePipelineException(
              file
                  + " ends within crop "
                  + index
                  + "; delete the file, and it will be created again");
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot read crop " + index + " of " + file + ": " + e, e);
    }
    return Image.unsafeOfRgb(side, side, rgb.array());
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
