package io.facepipeline.onnx.store;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The ONNX files that were made from checkpoints, {@code converted/NAME-KEY.onnx} below the cache:
 * each is made once for what it depends on. Beside each lies a checksum, so that a damaged file is
 * noticed and made anew. Thread-safe, also among processes.
 */
public final class ConvertedModels {
  private static final int KEY_DIGITS = 24;
  private static final int CHUNK = 1 << 20;

  private final Path folder;

  ConvertedModels(Path cache) {
    folder = cache.resolve("converted");
  }

  /** Makes a model's file. */
  @FunctionalInterface
  public interface Conversion {
    /**
     * Writes the file.
     *
     * @param out where to
     * @throws IOException if it cannot be written
     */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /**
   * {@return the file of a model, made now if it is not there or damaged}
   *
   * @param name the model's id, for people
   * @param dependsOn all that the result depends on: the source's hash, the converter's version,
   *     the options
   * @param conversion makes the file; what it throws passes through
   * @throws ModelStoreException if the cache cannot be read or written
   * @throws DiskFullException if the file does not fit
   */
  public Path get(String name, List<String> dependsOn, Conversion conversion) {
    String key =
        Hashing.sha256()
            .hashString(String.join("\n", dependsOn), StandardCharsets.UTF_8)
            .toString()
            .substring(0, KEY_DIGITS);
    Path file = folder.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + key + ".onnx");
    Path sum = file.resolveSibling(file.getFileName() + ".crc");
    try {
      if (isSound(file, sum)) {
        return file;
      }
      return FileLocks.holding(
          file,
          () -> {
            if (!isSound(file, sum)) {
              make(file, sum, conversion);
            }
            return file;
          });
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  private static void make(Path file, Path sum, Conversion conversion) throws IOException {
    Files.deleteIfExists(sum);
    AtomicFile.write(file, channel -> conversion.writeTo(new WholeWrites(channel)));
    try {
      AtomicFile.write(sum, checksum(file).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      Files.deleteIfExists(file); // nobody could tell whether it is sound
      throw e;
    }
  }

  /** A channel that takes all of a buffer or fails: on a full disk the plain one takes a part. */
  private record WholeWrites(FileChannel file) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      int length = source.remaining();
      while (source.hasRemaining()) {
        file.write(source);
      }
      return length;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static boolean isSound(Path file, Path sum) throws IOException {
    return Files.isRegularFile(file)
        && Files.isRegularFile(sum)
        && Files.readString(sum, StandardCharsets.ISO_8859_1).equals(checksum(file));
  }

  /**
   * The size and the CRC-32C: enough against damage, and a tenth of SHA-256's time, which every
   * start would pay. Read in chunks, since mapped pages count as the process's memory.
   */
  private static String checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    long size = 0;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        size += read;
        crc.update(chunk.flip());
        chunk.clear();
      }
    }
    return size + " " + Long.toHexString(crc.getValue());
  }

  private RuntimeException failure(Path file, IOException e) {
    if (Disk.saysFull(e)) {
      return new DiskFullException(file, 0, freeBytes().orElse(0L), e);
    }
    return new ModelStoreException(
        "the cache of converted models "
            + folder
            + " cannot be used ("
            + e
            + "); check its rights, or name another with the environment variable "
            + UserCache.VARIABLE,
        e);
  }

  private Optional<Long> freeBytes() {
    try {
      return Optional.of(Files.getFileStore(folder).getUsableSpace());
    } catch (IOException e) {
      return Optional.empty(); // the failure that led here is reported
    }
  }
}
