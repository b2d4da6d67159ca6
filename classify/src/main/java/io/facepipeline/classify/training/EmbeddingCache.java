package io.facepipeline.classify.training;

import com.google.common.hash.Hashing;
import io.facepipeline.FacePipelineException;
import io.facepipeline.classify.file.FileInput;
import io.facepipeline.classify.file.FileOutput;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Keeps what was computed of a photo, a small self-checking file each. */
public final class EmbeddingCache {
  private static final int CHECKSUM = 32;

  private final Path folder;

  public EmbeddingCache(Path folder) {
    this.folder = folder;
  }

  /** What was kept under a key; empty if nothing was, or it is damaged and must be made anew. */
  Optional<FileInput> get(String key) {
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
    return Optional.of(new FileInput(ByteBuffer.wrap(bytes, 0, length).slice()));
  }

  void put(String key, FileOutput content) {
    byte[] bytes = content.toBytes();
    int length = bytes.length;
    byte[] whole = Arrays.copyOf(bytes, length + CHECKSUM);
    System.arraycopy(checksum(key, bytes, length), 0, whole, length, CHECKSUM);
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
        "the embedding cache in "
            + folder
            + " cannot be "
            + what
            + "; check its permissions and the free space, or choose another folder: "
            + e,
        e);
  }
}
