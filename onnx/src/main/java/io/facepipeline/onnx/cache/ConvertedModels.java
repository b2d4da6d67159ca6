package io.facepipeline.onnx.cache;

import com.google.common.hash.Hashing;
import io.facepipeline.internal.UserCache;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The ONNX files converted from checkpoints, {@code converted/NAME-KEY.onnx} below the cache. Each
 * is made once for everything it depends on. The weights of models prepared for a processor are in
 * a file beside the model's. A checksum beside each file detects damage, and a damaged file is made
 * again. When all together exceed 4 GiB, the least recently used ones are removed, but none that
 * was used within a day. Thread-safe, also among processes.
 */
public final class ConvertedModels {
  private static final System.Logger LOG = System.getLogger(ConvertedModels.class.getName());
  private static final int KEY_DIGITS = 24;
  private static final int CHUNK = 1 << 20;

  /** More than this is not kept, but for what was used of late. */
  private static final long LIMIT = 4L << 30;

  /** What was used so shortly ago may be about to be opened. */
  private static final Duration OF_LATE = Duration.ofDays(1);

  private static final String SUM = ".crc";

  private final Path folder;
  private final long limit;

  public ConvertedModels(Path cache) {
    this(cache, LIMIT);
  }

  /** With another limit in bytes, for tests. */
  public ConvertedModels(Path cache, long limit) {
    folder = cache.resolve("converted");
    this.limit = limit;
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

  /** Makes of a model's file another that loads faster. */
  @FunctionalInterface
  public interface Preparation {
    /**
     * Writes the other file, and its weights into one of their own.
     *
     * @param model the model's file
     * @param prepared the file to write
     * @param weights the file for the weights, in the same folder
     */
    void prepare(Path model, Path prepared, Path weights);
  }

  /**
   * {@return the file of a model, made now if it is not there or damaged}
   *
   * @param name the model's id, for people
   * @param dependsOn all that the result depends on: the source's hash, the converter's version,
   *     the options
   * @param conversion makes the file; what it throws passes through
   * @throws ModelStoreException if the cache cannot be read or written, or the disk is full
   */
  public Path get(String name, List<String> dependsOn, Conversion conversion) {
    return file(
        name,
        dependsOn,
        file -> WholeFile.write(file, WholeFile.Access.UMASK, part -> writeInto(part, conversion)));
  }

  /**
   * {@return the file of a model that was prepared for where it runs, made now if it is not there
   * or damaged}
   *
   * @param name the model's id, for people
   * @param dependsOn all that the result depends on
   * @param conversion makes the file that is prepared, which is deleted afterwards
   * @param preparation makes the file that is kept
   * @throws ModelStoreException if the cache cannot be read or written, or the disk is full, or the
   *     model not prepared
   */
  public Path prepared(
      String name, List<String> dependsOn, Conversion conversion, Preparation preparation) {
    return file(
        name,
        dependsOn,
        file -> {
          Path plain = file.resolveSibling(file.getFileName() + ".plain");
          Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
          Path weights = weights(file);
          try {
            // Not written over: another process may have mapped what was there.
            Files.deleteIfExists(weights);
            writeInto(plain, conversion);
            try {
              preparation.prepare(plain, unfinished, weights);
            } catch (MalformedModelException e) {
              Files.deleteIfExists(weights);
              throw new ModelStoreException(
                  Reason.CACHE, name + " could not be prepared in the cache: " + e.getMessage(), e);
            }
            WholeFile.publish(unfinished, file);
          } finally {
            Files.deleteIfExists(plain);
            Files.deleteIfExists(unfinished);
          }
        });
  }

  private static void writeInto(Path file, Conversion conversion) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      conversion.writeTo(new WholeWrites(channel));
    }
  }

  /** Where the weights of a prepared model are. */
  private static Path weights(Path file) {
    return file.resolveSibling(file.getFileName() + ".weights");
  }

  /** Puts a model's file in its place. */
  @FunctionalInterface
  private interface Maker {
    void make(Path file) throws IOException;
  }

  private Path file(String name, List<String> dependsOn, Maker maker) {
    String key =
        Hashing.sha256()
            .hashString(String.join("\n", dependsOn), StandardCharsets.UTF_8)
            .toString()
            .substring(0, KEY_DIGITS);
    Path file = folder.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + key + ".onnx");
    Path sum = file.resolveSibling(file.getFileName() + SUM);
    try {
      if (isSound(file, sum)) {
        markUsed(sum);
        return file;
      }
      Path made =
          FileLocks.holding(
              file,
              () -> {
                if (!isSound(file, sum)) {
                  make(file, sum, maker);
                }
                return file;
              });
      prune();
      return made;
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  private static void make(Path file, Path sum, Maker maker) throws IOException {
    Files.deleteIfExists(sum);
    maker.make(file);
    try {
      WholeFile.write(
          sum, WholeFile.Access.UMASK, checksum(file).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      Files.deleteIfExists(file); // nobody could tell whether it is sound
      throw e;
    }
  }

  private static void markUsed(Path sum) {
    try {
      Files.setLastModifiedTime(sum, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a cache of others cannot tell what is in use: " + e);
    }
  }

  /** {@return the models that are kept, the one that was not used for longest first} */
  public List<ModelStore.CachedItem> items() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<ModelStore.CachedItem> items = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList()) {
        Path sum = file.resolveSibling(file.getFileName() + SUM);
        long bytes = Files.size(file);
        if (Files.exists(weights(file))) {
          bytes += Files.size(weights(file));
        }
        Path used = Files.exists(sum) ? sum : file;
        items.add(
            new ModelStore.CachedItem(
                ModelStore.CachedItem.Kind.CONVERTED,
                file,
                bytes,
                Files.getLastModifiedTime(used).toInstant()));
      }
    }
    items.sort(Comparator.comparing(ModelStore.CachedItem::lastUsed));
    return items;
  }

  /** Removes a model with all that belongs to it, but for its lock. */
  static void remove(Path file) throws IOException {
    FileLocks.holding(
        file,
        () -> {
          Files.deleteIfExists(file.resolveSibling(file.getFileName() + SUM));
          Files.deleteIfExists(file);
          Files.deleteIfExists(weights(file));
          return file;
        });
  }

  /** Keeps the cache within its limit; what fails there is no reason to fail. */
  private void prune() {
    try {
      List<ModelStore.CachedItem> items = items();
      long bytes = items.stream().mapToLong(ModelStore.CachedItem::bytes).sum();
      Instant late = Instant.now().minus(OF_LATE);
      for (ModelStore.CachedItem item : items) {
        if (bytes > limit && item.lastUsed().isBefore(late)) {
          remove(item.path());
          bytes -= item.bytes();
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "old models stay in the cache " + folder + ": " + e);
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
    Path weights = weights(file);
    return Files.exists(weights) ? checksumOf(file) + " " + checksumOf(weights) : checksumOf(file);
  }

  private static String checksumOf(Path file) throws IOException {
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
      return ModelStoreException.diskFull(file, 0, freeBytes().orElse(0L), e);
    }
    return new ModelStoreException(
        Reason.CACHE,
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
