package io.facepipeline.gallery.transfer;

import com.google.common.base.Utf8;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.internal.NpyArray;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a gallery as NPZ: a zip file of NumPy arrays. */
final class NpzWriter {
  /** Strings that are padded to more than so many bytes, and so many times their UTF-8. */
  private static final long MOST_PADDED = 64 << 20;

  private static final int PADDED_TIMES = 16;

  private NpzWriter() {}

  static void write(Gallery gallery, Snapshot snapshot, Path file, ProgressListener listener)
      throws IOException {
    List<Person> people = snapshot.everyone();
    long faces = snapshot.rows();
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      // Unit vectors do not get smaller; repeated labels do.
      zip.setLevel(Deflater.NO_COMPRESSION);
      begin(
          zip,
          "embeddings",
          new NpyArray(NpyArray.FLOATS, List.of(faces, (long) gallery.dimensions())));
      byte[] row = new byte[gallery.dimensions() * Float.BYTES];
      FaceVisitor.visit(
          snapshot,
          gallery.dimensions(),
          listener,
          (id, person, vector) -> {
            view(row).asFloatBuffer().put(vector);
            zip.write(row);
          });
      zip.closeEntry();
      zip.setLevel(Deflater.BEST_SPEED);
      strings(zip, "labels", new LabelOfEachFace(people, Math.toIntExact(faces)));
      begin(zip, "faces", new NpyArray(NpyArray.LONGS, List.of(faces)));
      byte[] id = new byte[Long.BYTES];
      for (Person person : people) {
        for (int r : snapshot.rowsOf(person)) {
          view(id).putLong(snapshot.idOfRow()[r]);
          zip.write(id);
        }
      }
      zip.closeEntry();
      String model = gallery.fingerprint();
      begin(
          zip,
          "model",
          new NpyArray(NpyArray.stringType(NpyArray.widthOf(List.of(model))), List.of()));
      NpyArray.writeString(zip, model, NpyArray.widthOf(List.of(model)));
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
    int width = NpyArray.widthOf(strings);
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
    begin(zip, name + NpzForm.UTF8, new NpyArray(NpyArray.BYTES, List.of(utf8Bytes(strings))));
    for (String string : strings) {
      zip.write(string.getBytes(StandardCharsets.UTF_8));
    }
    zip.closeEntry();
    begin(zip, name + NpzForm.ENDS, new NpyArray(NpyArray.LONGS, List.of((long) strings.size())));
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

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
