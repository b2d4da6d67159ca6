package io.facepipeline.training.embedder;

import io.facepipeline.CropSpec;
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

/**
 * The aligned crops of a training set in one file, 112x112 by the ArcFace template, and whom each
 * shows. Thread-safe.
 */
final class CropStore implements AutoCloseable {
  /** How the crops are cut. */
  static final CropSpec SPEC = CropSpec.arcFace(112);

  private final Path file;
  private final FileChannel channel;
  private final List<String> people;

  private CropStore(Path file, FileChannel channel, List<String> people) {
    this.file = file;
    this.channel = channel;
    this.people = people;
  }

  /**
   * Opens a store, which is made first if it is missing.
   *
   * @param file where it is; the names are beside it
   * @param source hands each crop, and a person's name or the empty string, to what it is given
   */
  static CropStore open(Path file, Consumer<BiConsumer<String, Image>> source) {
    Path names = file.resolveSibling(file.getFileName() + ".people");
    try {
      if (!Files.exists(file)) {
        make(file, names, source);
      }
      return new CropStore(
          file, FileChannel.open(file, StandardOpenOption.READ), Files.readAllLines(names));
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot use the crops in "
              + file
              + "; delete the file, and it will be created again: "
              + e,
          e);
    }
  }

  private static void make(Path file, Path names, Consumer<BiConsumer<String, Image>> source)
      throws IOException {
    List<String> people = new ArrayList<>();
    WholeFile.write(
        file,
        WholeFile.Access.UMASK,
        part -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            source.accept(
                (person, crop) -> {
                  write(crop, out, file);
                  people.add(person);
                });
          }
          if (people.isEmpty()) {
            throw new FacePipelineException(
                "no face was found to train on; give more photos, or check which ones were left"
                    + " out");
          }
          // Before the crops have their name: crops without names are of no use.
          WholeFile.write(
              names,
              WholeFile.Access.UMASK,
              String.join("\n", people).concat("\n").getBytes(StandardCharsets.UTF_8));
        });
  }

  private static void write(Image crop, OutputStream out, Path file) {
    if (crop.width() != SPEC.width() || crop.height() != SPEC.height()) {
      throw new FacePipelineException(
          "a training crop is " + SPEC.width() + "x" + SPEC.height() + ", got a " + crop);
    }
    try {
      out.write(crop.unsafeRgb());
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }

  int size() {
    return people.size();
  }

  /** {@return whom a crop shows, or the empty string} */
  String person(int index) {
    return people.get(index);
  }

  Image crop(int index) {
    ByteBuffer rgb = ByteBuffer.allocate(SPEC.bytes());
    try {
      long at = (long) index * SPEC.bytes();
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
    return Image.unsafeOfRgb(SPEC.width(), SPEC.height(), rgb.array());
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
