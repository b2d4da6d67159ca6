package io.facepipeline.gallery.log;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import io.facepipeline.gallery.memory.GalleryChange;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The form of a gallery's log, version 2. A log is a sequence of records, each at a multiple of
 * eight bytes; all numbers are little-endian.
 *
 * <pre>
 * header, 32 bytes   int magic, byte type, byte flags, short 0, int bytes of the payload,
 *                    int CRC-32C of the payload, long number of the record,
 *                    int checksum of the header of the record before (record 0: 0),
 *                    int CRC-32C of the log's salt and of the 28 bytes before
 * payload            by type; padded with zeros to a multiple of eight
 * </pre>
 *
 * The salt is a random number of each log, so that nothing that somebody put into a label or into
 * metadata can pass for a record. Record 0 describes the log ({@link Head}) and is made with salt
 * 0. Flag 1 says that the change goes on in the next record: all of them count, or none. Each
 * record names the checksum of the one before, so that a record that another writer put there, who
 * did not know of that one, is told from those that belong. In version 1 there is a 0 in its place.
 */
public final class GalleryRecord {
  public static final int HEADER_BYTES = 32;
  public static final int MAX_PAYLOAD = 65 << 20;
  public static final int FORMAT_VERSION = 2;

  private static final int MAGIC = 0x4c475046; // "FPGL"
  private static final byte CONTINUES = 1;

  /** What a record holds, and its number in the format. */
  enum RecordType {
    HEAD(0),
    ENROLL(1),
    REMOVE_PERSON(2),
    REMOVE_FACE(3),
    MERGE(4),
    SET_METADATA(5),
    /**
     * What stands before was acknowledged, and nothing comes after: the log was closed in good
     * order (version 1), or another is going to take its place.
     */
    CLOSE(6);

    private final byte code;

    RecordType(int code) {
      this.code = (byte) code;
    }

    static @Nullable RecordType of(byte code) {
      for (RecordType type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }
  }

  /**
   * What a log's first record says.
   *
   * @param version of the format
   * @param salt of the records' checksums
   * @param dimensions of the embeddings
   * @param threshold the least cosine of a known person
   * @param nextId the least id that no face ever had
   * @param model the embedder's fingerprint
   */
  public record Head(
      int version, long salt, int dimensions, float threshold, long nextId, String model) {}

  /** A record's header. */
  record Header(
      RecordType type,
      boolean continues,
      int payload,
      int checksum,
      long number,
      int before,
      int headerChecksum) {
    long bytes() {
      return (long) HEADER_BYTES + padded(payload);
    }
  }

  /**
   * What binds a record to its place in its log.
   *
   * @param salt the log's
   * @param before the checksum of the header of the record before
   */
  record Chain(long salt, int before) {}

  private GalleryRecord() {}

  public static int padded(int bytes) {
    return (int) padded((long) bytes);
  }

  private static long padded(long bytes) {
    return (bytes + 7) & ~7L;
  }

  /** The header at a place in a buffer, or null if there is none that is whole. */
  @SuppressWarnings("ByteBufferBackingArray") // the buffers wrap whole arrays
  static @Nullable Header header(ByteBuffer b, int at, long salt, CRC32C crc) {
    if (b.getInt(at) != MAGIC) {
      return null;
    }
    RecordType type = RecordType.of(b.get(at + 4));
    int payload = b.getInt(at + 8);
    if (type == null
        || payload < 0
        || payload > MAX_PAYLOAD
        || b.getInt(at + 28) != headerChecksum(b.array(), at, salt, crc)) {
      return null;
    }
    return new Header(
        type,
        (b.get(at + 5) & CONTINUES) != 0,
        payload,
        b.getInt(at + 12),
        b.getLong(at + 16),
        b.getInt(at + 24),
        b.getInt(at + 28));
  }

  private static int headerChecksum(byte[] log, int at, long salt, CRC32C crc) {
    crc.reset();
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      crc.update((int) (salt >>> shift) & 0xff);
    }
    crc.update(log, at, 28);
    return (int) crc.getValue();
  }

  public static byte[] encode(Head head) {
    byte[] model = bytes(head.model());
    ByteBuffer out = begin(4 + 8 + 4 + 4 + 8 + 4 + model.length);
    out.putInt(head.version()).putLong(head.salt()).putInt(head.dimensions());
    out.putFloat(head.threshold()).putLong(head.nextId());
    string(out, model);
    return finish(out, RecordType.HEAD, false, 0, new Chain(0, 0));
  }

  static byte[] encodeClose(long number, Chain chain) {
    return finish(begin(0), RecordType.CLOSE, false, number, chain);
  }

  /** The checksum of an encoded record's header. */
  static int headerChecksum(byte[] record) {
    return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(28);
  }

  public static byte[] encode(
      GalleryChange change, int dimensions, boolean continues, long number, Chain chain) {
    if (change instanceof GalleryChange.Enroll enroll) {
      byte[] label = bytes(enroll.label());
      byte[][] metadata = bytes(enroll.metadata());
      int faces = enroll.ids().length;
      int names = padded(Math.toIntExact(size(label) + size(metadata) + 1 + 4));
      ByteBuffer out = begin(names + faces * (8L + 4L * dimensions));
      out.put((byte) (enroll.replace() ? 1 : 0));
      out.putInt(faces);
      string(out, label);
      strings(out, metadata);
      out.position(HEADER_BYTES + names);
      for (long id : enroll.ids()) {
        out.putLong(id);
      }
      out.asFloatBuffer().put(enroll.vectors(), 0, faces * dimensions);
      out.position(out.position() + faces * dimensions * Float.BYTES);
      return finish(out, RecordType.ENROLL, continues, number, chain);
    } else if (change instanceof GalleryChange.RemovePerson remove) {
      byte[] label = bytes(remove.label());
      ByteBuffer out = begin(size(label));
      string(out, label);
      return finish(out, RecordType.REMOVE_PERSON, continues, number, chain);
    } else if (change instanceof GalleryChange.RemoveFace remove) {
      return finish(
          begin(8).putLong(remove.id()), RecordType.REMOVE_FACE, continues, number, chain);
    } else if (change instanceof GalleryChange.Merge merge) {
      byte[] label = bytes(merge.label());
      byte[] into = bytes(merge.into());
      ByteBuffer out = begin(size(label) + size(into));
      string(out, label);
      string(out, into);
      return finish(out, RecordType.MERGE, continues, number, chain);
    } else if (change instanceof GalleryChange.SetMetadata set) {
      byte[] label = bytes(set.label());
      byte[][] metadata = bytes(set.metadata());
      ByteBuffer out = begin(size(label) + size(metadata));
      string(out, label);
      strings(out, metadata);
      return finish(out, RecordType.SET_METADATA, continues, number, chain);
    }
    throw new IllegalArgumentException("the log has no form for " + change);
  }

  /** The first record's contents, or null if they make no sense. */
  static @Nullable Head decodeHead(ByteBuffer payload) {
    ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    try {
      return new Head(
          in.getInt(), in.getLong(), in.getInt(), in.getFloat(), in.getLong(), string(in));
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  /**
   * A change, or null if the contents make no sense.
   *
   * @param vectors an array to use for the vectors; a larger one is made if it is too small
   * @param position where in the log the payload begins, if the vectors are to stay there; else -1
   */
  static @Nullable GalleryChange decode(
      RecordType type, ByteBuffer payload, int dimensions, float[] vectors, long position) {
    ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    try {
      return switch (type) {
        case HEAD, CLOSE -> null;
        case REMOVE_PERSON -> new GalleryChange.RemovePerson(string(in));
        case REMOVE_FACE -> new GalleryChange.RemoveFace(in.getLong());
        case MERGE -> new GalleryChange.Merge(string(in), string(in));
        case SET_METADATA -> new GalleryChange.SetMetadata(string(in), metadata(in));
        case ENROLL -> {
          boolean replace = in.get() == 1;
          int faces = in.getInt();
          String label = string(in);
          Map<String, String> metadata = metadata(in);
          in.position(Math.min(in.limit(), padded(in.position())));
          if (faces < 0 || in.remaining() != faces * (8L + 4L * dimensions)) {
            yield null;
          }
          long[] ids = new long[faces];
          in.asLongBuffer().get(ids);
          in.position(in.position() + faces * Long.BYTES);
          if (!EmbeddingBlocks.areUnit(in.asFloatBuffer(), dimensions)) {
            yield null;
          }
          if (position >= 0) {
            yield new GalleryChange.Enroll(
                label, replace, metadata, ids, vectors, position + in.position());
          }
          int floats = faces * dimensions;
          float[] target = floats <= vectors.length ? vectors : new float[floats];
          in.asFloatBuffer().get(target, 0, floats);
          yield new GalleryChange.Enroll(label, replace, metadata, ids, target, -1);
        }
      };
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  /** How many bytes a record of a person's faces takes up. */
  public static long size(String label, Map<String, String> metadata, int faces, int dimensions) {
    return vectorsAt(label, metadata, faces) + padded(4L * faces * dimensions);
  }

  /** How many bytes metadata takes up in a record. */
  public static long size(Map<String, String> metadata) {
    return size(bytes(metadata));
  }

  /** How many bytes a label takes up in a record. */
  public static long size(String label) {
    return size(bytes(label));
  }

  /** The byte of such a record at which the vectors begin. */
  static long vectorsAt(String label, Map<String, String> metadata, int faces) {
    return HEADER_BYTES
        + padded(Math.toIntExact(size(bytes(label)) + size(bytes(metadata)) + 1 + 4))
        + 8L * faces;
  }

  private static ByteBuffer begin(long payload) {
    if (payload > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a label and its metadata may take "
              + (MAX_PAYLOAD >> 20)
              + " MiB at most, but need "
              + payload
              + " bytes; store large data elsewhere and keep a reference here");
    }
    byte[] record = new byte[HEADER_BYTES + padded((int) payload)];
    return ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(HEADER_BYTES)
        .limit(HEADER_BYTES + (int) payload);
  }

  @SuppressWarnings("ByteBufferBackingArray") // begin() wrapped the whole record
  private static byte[] finish(
      ByteBuffer out, RecordType type, boolean continues, long number, Chain chain) {
    int payload = out.limit() - HEADER_BYTES;
    out.putInt(0, MAGIC).put(4, type.code).put(5, continues ? CONTINUES : 0);
    CRC32C crc = new CRC32C();
    crc.update(out.array(), HEADER_BYTES, payload);
    out.putInt(8, payload).putInt(12, (int) crc.getValue());
    out.putLong(16, number).putInt(24, chain.before());
    out.putInt(28, headerChecksum(out.array(), 0, chain.salt(), crc));
    return out.array();
  }

  private static byte[] bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not valid Unicode: it holds half of a surrogate pair");
    }
    return bytes;
  }

  private static byte[][] bytes(Map<String, String> metadata) {
    byte[][] all = new byte[2 * metadata.size()][];
    int i = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      all[i++] = bytes(entry.getKey());
      all[i++] = bytes(entry.getValue());
    }
    return all;
  }

  private static long size(byte[] string) {
    return 4L + string.length;
  }

  private static long size(byte[][] strings) {
    long size = 4;
    for (byte[] string : strings) {
      size += size(string);
    }
    return size;
  }

  private static void string(ByteBuffer out, byte[] string) {
    out.putInt(string.length).put(string);
  }

  private static void strings(ByteBuffer out, byte[][] strings) {
    out.putInt(strings.length / 2);
    for (byte[] string : strings) {
      string(out, string);
    }
  }

  private static String string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private static Map<String, String> metadata(ByteBuffer in) {
    int count = in.getInt();
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < count; i++) {
      metadata.put(string(in), string(in));
    }
    return Map.copyOf(metadata);
  }
}
