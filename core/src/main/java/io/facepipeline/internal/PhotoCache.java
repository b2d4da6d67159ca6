package io.facepipeline.internal;

import com.google.common.hash.Hashing;
import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keeps what was computed of photos on disk, so that it is not computed again. Each entry is a file
 * of its own, which is written atomically and is for its owner alone; a damaged one counts as
 * missing. Thread-safe, also between processes.
 */
public final class PhotoCache {
  private static final int CHECKSUM = 32;

  private final Path folder;

  /**
   * Creates a cache.
   *
   * @param folder its folder; made when the first entry is stored
   */
  public PhotoCache(Path folder) {
    this.folder = folder;
  }

  /**
   * {@return what was stored under a key; empty if nothing was, or it is damaged}
   *
   * @param key everything the entry depends on: the photo's hash, the models, the settings
   * @throws FacePipelineException if the cache cannot be read
   */
  public Optional<byte[]> get(String key) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read", e);
    }
    int length = bytes.length - CHECKSUM;
    if (length < 0
        || !Arrays.equals(checksum(key, bytes, length), 0, CHECKSUM, bytes, length, bytes.length)) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }

  /**
   * Stores an entry.
   *
   * @param key everything the entry depends on
   * @param content the entry
   * @throws FacePipelineException if the cache cannot be written
   */
  public void put(String key, byte[] content) {
    int length = content.length;
    byte[] whole = Arrays.copyOf(content, length + CHECKSUM);
    System.arraycopy(checksum(key, content, length), 0, whole, length, CHECKSUM);
    try {
      WholeFile.write(file(key), WholeFile.Access.OWNER, whole);
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  /** The key is part of it: an entry must not be taken for another whose name it was given. */
  private static byte[] checksum(String key, byte[] bytes, int length) {
    return Hashing.sha256()
        .newHasher()
        .putString(key, StandardCharsets.UTF_8)
        .putBytes(bytes, 0, length)
        .hash()
        .asBytes();
  }

  private Path file(String key) {
    String name = Hashing.sha256().hashString(key, StandardCharsets.UTF_8).toString();
    return folder.resolve(name.substring(0, 2)).resolve(name + ".face");
  }

  private FacePipelineException failure(String what, IOException e) {
    return new FacePipelineException(
        "the cache in "
            + folder
            + " cannot be "
            + what
            + "; check its permissions and the free space, or choose another folder: "
            + e,
        e);
  }
}
