package io.facepipeline.gallery;

import com.google.common.base.Utf8;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.FaceTable.Person;
import io.facepipeline.gallery.FaceTable.Snapshot;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** The NPZ form of {@link GalleryTransfer}: a zip file of NumPy arrays. */
final class GalleryNpz {
  private static final String FLOATS = "<f4";
  private static final String LONGS = "<i8";
  private static final String BYTES = "|u1";
  private static final String UTF8 = "_utf8";
  private static final String ENDS = "_ends";

  /** Strings that are padded to more than so many bytes, and so many times their UTF-8. */
  private static final long MOST_PADDED = 64 << 20;

  private static final int PADDED_TIMES = 16;
  private static final int MAX_TEXT = 64 << 20;

  private GalleryNpz() {}

  static void write(Gallery gallery, Snapshot snapshot, Path file, ProgressListener listener)
      throws IOException {
    List<Person> people = snapshot.everyone();
    long faces = snapshot.rows();
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      // Unit vectors do not get smaller; repeated labels do.
      zip.setLevel(Deflater.NO_COMPRESSION);
      begin(zip, "embeddings", new NpyArray(FLOATS, List.of(faces, (long) gallery.dimensions())));
      byte[] row = new byte[gallery.dimensions() * Float.BYTES];
      GalleryTransfer.forEachFace(
          gallery,
          snapshot,
          listener,
          (id, person, vector) -> {
            view(row).asFloatBuffer().put(vector);
            zip.write(row);
          });
      zip.closeEntry();
      zip.setLevel(Deflater.BEST_SPEED);
      strings(zip, "labels", new LabelOfEachFace(people, Math.toIntExact(faces)));
      begin(zip, "faces", new NpyArray(LONGS, List.of(faces)));
      byte[] id = new byte[Long.BYTES];
      for (Person person : people) {
        for (int r : snapshot.rowsOf(person)) {
          view(id).putLong(snapshot.idOfRow()[r]);
          zip.write(id);
        }
      }
      zip.closeEntry();
      String model = gallery.fingerprint();
      begin(zip, "model", new NpyArray(NpyArray.stringType(width(List.of(model))), List.of()));
      NpyArray.writeString(zip, model, width(List.of(model)));
      zip.closeEntry();
      metadata(zip, people);
    }
  }

  private static void metadata(ZipOutputStream zip, List<Person> people) throws IOException {
    List<String> labels = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Person person : people) {
      person
          .metadata()
          .forEach(
              (key, value) -> {
                labels.add(person.label());
                keys.add(key);
                values.add(value);
              });
    }
    strings(zip, "metadata_label", labels);
    strings(zip, "metadata_key", keys);
    strings(zip, "metadata_value", values);
  }

  /** The label of each face, person by person. */
  private static final class LabelOfEachFace extends AbstractList<String> {
    private final List<Person> people;
    private final int[] ends;
    private final int size;

    LabelOfEachFace(List<Person> people, int size) {
      this.people = people;
      this.size = size;
      ends = people.stream().mapToInt(Person::faces).toArray();
      Arrays.parallelPrefix(ends, Integer::sum);
    }

    @Override
    public String get(int face) {
      int at = Arrays.binarySearch(ends, face + 1);
      return people.get(at >= 0 ? at : -at - 1).label();
    }

    @Override
    public int size() {
      return size;
    }
  }

  /**
   * An array of strings, all as wide as the longest. Where that is mostly padding, or would drop
   * the NUL at a string's end, their UTF-8 and where each of them ends.
   */
  private static void strings(ZipOutputStream zip, String name, List<String> strings)
      throws IOException {
    int width = width(strings);
    long padded = (long) width * Integer.BYTES * strings.size();
    if ((padded > MOST_PADDED && padded > PADDED_TIMES * utf8Bytes(strings))
        || width > NpyArray.MAX_WIDTH
        || strings.stream().anyMatch(s -> s.endsWith("\0"))) {
      utf8(zip, name, strings);
      return;
    }
    begin(zip, name, new NpyArray(NpyArray.stringType(width), List.of((long) strings.size())));
    for (String string : strings) {
      NpyArray.writeString(zip, string, width);
    }
    zip.closeEntry();
  }

  private static long utf8Bytes(List<String> strings) {
    return strings.stream().mapToLong(Utf8::encodedLength).sum();
  }

  private static void utf8(ZipOutputStream zip, String name, List<String> strings)
      throws IOException {
    begin(zip, name + UTF8, new NpyArray(BYTES, List.of(utf8Bytes(strings))));
    for (String string : strings) {
      zip.write(string.getBytes(StandardCharsets.UTF_8));
    }
    zip.closeEntry();
    begin(zip, name + ENDS, new NpyArray(LONGS, List.of((long) strings.size())));
    byte[] number = new byte[Long.BYTES];
    long end = 0;
    for (String string : strings) {
      end += Utf8.encodedLength(string);
      view(number).putLong(end);
      zip.write(number);
    }
    zip.closeEntry();
  }

  private static void begin(ZipOutputStream zip, String name, NpyArray array) throws IOException {
    zip.putNextEntry(new ZipEntry(name + ".npy"));
    array.write(zip);
  }

  private static int width(List<String> strings) {
    return Math.max(
        1, strings.stream().mapToInt(s -> s.codePointCount(0, s.length())).max().orElse(1));
  }

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static GalleryTransfer.Source open(Gallery gallery, Path file) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (UnsupportedOperationException e) {
      throw new GalleryException(
          GalleryException.Reason.STORAGE,
          file,
          "is not in the default file system; an NPZ can be read only there, so copy it first",
          e);
    } catch (ZipException e) {
      throw GalleryTransfer.malformed(file, "is not a zip file, as NPZ is: " + e.getMessage(), e);
    }
    return new GalleryTransfer.Source() {
      @Override
      public void forEach(GalleryTransfer.Sink sink) throws IOException {
        try {
          read(gallery, file, zip, sink);
        } catch (ZipException | EOFException e) {
          throw GalleryTransfer.malformed(file, "is damaged: " + e.getMessage(), e);
        }
      }

      @Override
      public void close() throws IOException {
        zip.close();
      }
    };
  }

  private static void read(Gallery gallery, Path file, ZipFile zip, GalleryTransfer.Sink sink)
      throws IOException {
    List<String> model = strings(file, zip, "model");
    if (model.size() != 1) {
      throw GalleryTransfer.malformed(
          file, "model must be one string, such as np.array('" + gallery.fingerprint() + "')");
    }
    GalleryTransfer.requireModel(gallery, file, model.get(0));
    List<String> labels = strings(file, zip, "labels");
    Map<String, Map<String, String>> metadata = metadata(file, zip);
    int dimensions = gallery.dimensions();
    try (Entry entry = entry(file, zip, "embeddings")) {
      DataInputStream in = entry.in;
      NpyArray array = header(file, "embeddings", in);
      if (!array.type().equals(FLOATS)
          || !array.shape().equals(List.of((long) labels.size(), (long) dimensions))) {
        throw GalleryTransfer.malformed(
            file,
            "embeddings must be float32 of shape ("
                + labels.size()
                + ", "
                + dimensions
                + "), one row per label, got "
                + array.type()
                + " of "
                + array.shape());
      }
      byte[] row = new byte[dimensions * Float.BYTES];
      for (String label : labels) {
        in.readFully(row);
        float[] vector = new float[dimensions];
        view(row).asFloatBuffer().get(vector);
        sink.row(label, vector, metadata.getOrDefault(label, Map.of()));
      }
      entry.finish();
    }
  }

  private static Map<String, Map<String, String>> metadata(Path file, ZipFile zip)
      throws IOException {
    Map<String, Map<String, String>> metadata = new HashMap<>();
    if (find(zip, "metadata_label") == null && find(zip, "metadata_label" + UTF8) == null) {
      return metadata;
    }
    List<String> labels = strings(file, zip, "metadata_label");
    List<String> keys = strings(file, zip, "metadata_key");
    List<String> values = strings(file, zip, "metadata_value");
    if (keys.size() != labels.size() || values.size() != labels.size()) {
      throw GalleryTransfer.malformed(
          file,
          "metadata_label, metadata_key and metadata_value must have equal lengths, got "
              + List.of(labels.size(), keys.size(), values.size()));
    }
    for (int i = 0; i < labels.size(); i++) {
      metadata
          .computeIfAbsent(labels.get(i), label -> new HashMap<>())
          .put(keys.get(i), values.get(i));
    }
    return metadata;
  }

  private static List<String> strings(Path file, ZipFile zip, String name) throws IOException {
    if (find(zip, name + UTF8) != null) {
      return utf8(file, zip, name);
    }
    try (Entry entry = entry(file, zip, name)) {
      DataInputStream in = entry.in;
      NpyArray array = header(file, name, in);
      int width = array.width();
      if (width < 1 || array.shape().size() > 1) {
        throw GalleryTransfer.malformed(
            file,
            name
                + " must be a one-dimensional array of strings, got "
                + array.type()
                + " "
                + array.shape());
      }
      List<String> strings = new ArrayList<>();
      String last = "";
      for (long i = 0; i < array.elements(); i++) {
        String string = NpyArray.readString(in, width);
        // A person's faces stand together: one string for all of them.
        last = string.equals(last) ? last : string;
        strings.add(last);
      }
      entry.finish();
      return strings;
    }
  }

  private static List<String> utf8(Path file, ZipFile zip, String name) throws IOException {
    List<String> strings = new ArrayList<>();
    try (Entry text = entry(file, zip, name + UTF8);
        Entry ends = entry(file, zip, name + ENDS)) {
      NpyArray bytes = header(file, name + UTF8, text.in);
      NpyArray counts = header(file, name + ENDS, ends.in);
      if (!bytes.type().equals(BYTES)
          || !counts.type().equals(LONGS)
          || bytes.shape().size() != 1
          || counts.shape().size() != 1) {
        throw GalleryTransfer.malformed(
            file,
            name
                + UTF8
                + " must be a one-dimensional array of uint8, "
                + name
                + ENDS
                + " one of int64");
      }
      long at = 0;
      for (long i = 0; i < counts.elements(); i++) {
        long end = Long.reverseBytes(ends.in.readLong());
        if (end < at || end > bytes.elements() || end - at > MAX_TEXT) {
          throw GalleryTransfer.malformed(
              file, name + ENDS + " must rise to the length of " + name + UTF8);
        }
        byte[] string = text.in.readNBytes((int) (end - at));
        if (string.length < end - at) {
          throw new EOFException(name + UTF8 + " ends in the middle of a string");
        }
        strings.add(decoded(file, name, string));
        at = end;
      }
      text.finish();
      ends.finish();
    }
    return strings;
  }

  private static String decoded(Path file, String name, byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw GalleryTransfer.malformed(file, name + UTF8 + " is not UTF-8: " + e.getMessage(), e);
    }
  }

  private static NpyArray header(Path file, String name, DataInputStream in) throws IOException {
    try {
      return NpyArray.read(in);
    } catch (ZipException | EOFException e) {
      throw e;
    } catch (IOException e) {
      throw GalleryTransfer.malformed(file, name + " " + e.getMessage(), e);
    }
  }

  private static @Nullable ZipEntry find(ZipFile zip, String name) throws ZipException {
    try {
      return zip.getEntry(name + ".npy");
    } catch (IllegalArgumentException e) {
      // The zip's own names are decoded only now.
      ZipException damaged = new ZipException("it holds a name that is not UTF-8");
      damaged.initCause(e);
      throw damaged;
    }
  }

  private static Entry entry(Path file, ZipFile zip, String name) throws IOException {
    ZipEntry entry = find(zip, name);
    if (entry == null) {
      throw GalleryTransfer.malformed(
          file,
          "lacks the array "
              + name
              + "; np.savez(file, embeddings=..., labels=..., model=...) writes the needed arrays");
    }
    CheckedInputStream checked = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
    return new Entry(
        new DataInputStream(new BufferedInputStream(checked, 1 << 16)), checked, entry);
  }

  /** A file in the zip, whose checksum {@link ZipFile} leaves to its caller. */
  private record Entry(DataInputStream in, CheckedInputStream checked, ZipEntry entry)
      implements AutoCloseable {
    void finish() throws IOException {
      if (in.read() >= 0) {
        throw new ZipException(entry.getName() + " is longer than its shape");
      }
      if (checked.getChecksum().getValue() != entry.getCrc()) {
        throw new ZipException(entry.getName() + " does not match its checksum");
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
