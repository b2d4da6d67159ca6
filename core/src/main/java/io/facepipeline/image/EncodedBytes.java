package io.facepipeline.image;

import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Brings encoded pictures into memory, within the limit on their size. */
public final class EncodedBytes {
  private EncodedBytes() {}

  public static byte[] of(Path file, ReadOptions options) {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw new ImageException(name, Reason.MISSING, "is a directory; give a picture file");
    }
    try {
      long size = Files.size(file);
      if (size > options.maxEncodedBytes()) {
        throw tooLong(name, String.valueOf(size), options);
      }
      // A size is only a hint: the file may grow, and devices and pipes have none.
      try (InputStream stream = Files.newInputStream(file)) {
        return of(stream, options, name);
      }
    } catch (NoSuchFileException e) {
      throw new ImageException(name, Reason.MISSING, "no such file; check the path", e);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  public static byte[] of(InputStream stream, ReadOptions options, String name) {
    try {
      byte[] bytes = stream.readNBytes((int) options.maxEncodedBytes());
      if (bytes.length == options.maxEncodedBytes() && stream.read() >= 0) {
        throw tooLong(name, "more than " + bytes.length, options);
      }
      return bytes;
    } catch (OutOfMemoryError e) {
      throw PictureFailures.outOfMemory(name, e);
    } catch (EOFException e) {
      // Streams that unpack say by this that what they unpack was cut off.
      throw new ImageException(name, Reason.CORRUPT, "the stream ends too early", e);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private static ImageException failed(String name, IOException cause) {
    return new ImageException(name, Reason.IO, "cannot be read: " + cause, cause);
  }

  private static ImageException tooLong(String name, String size, ReadOptions options) {
    return new ImageException(
        name,
        Reason.TOO_LARGE,
        size
            + " encoded bytes exceed the limit of "
            + options.maxEncodedBytes()
            + "; raise ReadOptions.maxEncodedBytes if the picture is trusted");
  }
}
