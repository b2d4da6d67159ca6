package io.facepipeline.evaluation;

import io.facepipeline.Box;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.internal.WholeFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Keeps a pipeline's results for photos on disk, so that an interrupted run continues where it
 * stopped. The key is the SHA-256 of the photo's bytes together with the model and the settings.
 * Each photo has one file, which is written atomically; a damaged file counts as missing.
 * Thread-safe, also between processes.
 *
 * <p>Embeddings are biometric data: delete the folder when you no longer need it.
 */
public final class PhotoCache {
  private static final int MAGIC = 0x46504331;
  private static final int MAX_FACES = 100_000;
  private static final int MAX_DIMENSIONS = 1 << 16;
  private static final int KEY_DIGITS = 16;
  private static final int CHECKSUM_BYTES = 8;

  private final Path folder;

  private PhotoCache(Path folder) {
    this.folder = folder;
  }

  /**
   * {@return a cache}
   *
   * @param folder its folder; created when the first result is stored
   * @param settings everything but the photo that the results depend on: the models and their
   *     versions, the detector's settings, the face selection. Other settings do not see these
   *     results.
   */
  public static PhotoCache in(Path folder, String settings) {
    String key = sha256(settings.getBytes(StandardCharsets.UTF_8)).substring(0, KEY_DIGITS);
    return new PhotoCache(folder.resolve(key));
  }

  /** SHA-256 in hexadecimal. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  /** The result for a photo, if it is known. Faces that were only detected have no embedding. */
  Optional<List<FoundFace>> find(String photo) {
    Path file = file(photo);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read " + file + " in the cache; make it readable, or delete the cache: " + e, e);
    }
  }

  /** Remembers what was found in a photo. */
  void store(String photo, List<FoundFace> faces) {
    Path file = file(photo);
    try {
      WholeFile.write(file, WholeFile.Access.OWNER, bytes(faces));
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot write to the cache "
              + folder
              + "; choose a writable folder with free space, or run without a cache: "
              + e,
          e);
    }
  }

  private Path file(String photo) {
    return folder.resolve(photo.substring(0, 2)).resolve(photo);
  }

  private static byte[] bytes(List<FoundFace> faces) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeInt(faces.size());
    for (FoundFace found : faces) {
      Box box = found.face().box();
      for (float edge : new float[] {box.x1(), box.y1(), box.x2(), box.y2()}) {
        out.writeFloat(edge);
      }
      for (Point point : found.face().landmarks().points()) {
        out.writeFloat(point.x());
        out.writeFloat(point.y());
      }
      out.writeFloat(found.face().score());
      Embedding embedding = found.embedding();
      float[] vector = embedding == null ? new float[0] : embedding.toArray();
      out.writeUTF(embedding == null ? "" : embedding.fingerprint());
      out.writeInt(vector.length);
      for (float value : vector) {
        out.writeFloat(value);
      }
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes.toByteArray());
    out.writeLong(checksum.getValue());
    return bytes.toByteArray();
  }

  /** Empty for bytes that no {@link #store} wrote: a damaged file is computed anew. */
  private static Optional<List<FoundFace>> read(byte[] bytes) throws IOException {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 2 * Integer.BYTES) {
      return Optional.empty();
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes, 0, length);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    byte[] tail = Arrays.copyOfRange(bytes, length, bytes.length);
    if (new DataInputStream(new ByteArrayInputStream(tail)).readLong() != checksum.getValue()
        || in.readInt() != MAGIC) {
      return Optional.empty();
    }
    int count = in.readInt();
    if (count < 0 || count > MAX_FACES) {
      return Optional.empty();
    }
    List<FoundFace> faces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Box box = new Box(in.readFloat(), in.readFloat(), in.readFloat(), in.readFloat());
      float[] xy = new float[10];
      for (int k = 0; k < xy.length; k++) {
        xy[k] = in.readFloat();
      }
      Face face = new Face(box, Landmarks.of(xy), in.readFloat());
      String model = in.readUTF();
      int size = in.readInt();
      if (size < 0 || size > MAX_DIMENSIONS) {
        return Optional.empty();
      }
      float[] vector = new float[size];
      for (int k = 0; k < size; k++) {
        vector[k] = in.readFloat();
      }
      faces.add(
          size == 0
              ? FoundFace.of(face)
              : FoundFace.of(new EmbeddedFace(face, Embedding.of(model, vector))));
    }
    return Optional.of(List.copyOf(faces));
  }
}
