package io.facepipeline.gallery.transfer;

import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.internal.NpyArray;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads the faces that an NPZ holds. */
final class NpzReader implements FaceSource {
  private static final int MAX_TEXT = 64 << 20;

  private final Gallery gallery;
  private final Path file;
  private final ZipFile zip;

  NpzReader(Gallery gallery, Path file) throws IOException {
    this.gallery = gallery;
    this.file = file;
    try {
      this.zip = new ZipFile(file.toFile());
    } catch (UnsupportedOperationException e) {
      throw new GalleryException(
          GalleryException.Reason.STORAGE,
          file,
          "is not in the default file system; an NPZ can be read only there, so copy it first",
          e);
    } catch (ZipException e) {
      throw ImportChecks.malformed(file, "is not a zip file, as NPZ is: " + e.getMessage(), e);
    }
  }

  @Override
  public void forEach(FaceSource.Sink sink) throws IOException {
    try {
      read(sink);
    } catch (ZipException | EOFException e) {
      throw ImportChecks.malformed(file, "is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  private void read(FaceSource.Sink sink) throws IOException {
    List<String> model = strings("model");
    if (model.size() != 1) {
      throw ImportChecks.malformed(
          file, "model must be one string, such as np.array('" + gallery.fingerprint() + "')");
    }
    ImportChecks.requireModel(gallery, file, model.get(0));
    List<String> labels = strings("labels");
    Map<String, Map<String, String>> metadata = metadata();
    int dimensions = gallery.dimensions();
    try (Entry entry = entry("embeddings")) {
      DataInputStream in = entry.in;
      NpyArray array = header("embeddings", in);
      if (!array.type().equals(NpyArray.FLOATS)
          || !array.shape().equals(List.of((long) labels.size(), (long) dimensions))) {
        throw ImportChecks.malformed(
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
        ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        sink.row(label, vector, metadata.getOrDefault(label, Map.of()));
      }
      entry.finish();
    }
  }

  private Map<String, Map<String, String>> metadata() throws IOException {
    Map<String, Map<String, String>> metadata = new HashMap<>();
    if (find("metadata_label") == null && find("metadata_label" + NpzForm.UTF8) == null) {
      return metadata;
    }
    List<String> labels = strings("metadata_label");
    List<String> keys = strings("metadata_key");
    List<String> values = strings("metadata_value");
    if (keys.size() != labels.size() || values.size() != labels.size()) {
      throw ImportChecks.malformed(
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

  private List<String> strings(String name) throws IOException {
    if (find(name + NpzForm.UTF8) != null) {
      return utf8(name);
    }
    try (Entry entry = entry(name)) {
      DataInputStream in = entry.in;
      NpyArray array = header(name, in);
      int width = array.width();
      if (width < 1 || array.shape().size() > 1) {
        throw ImportChecks.malformed(
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

  private List<String> utf8(String name) throws IOException {
    List<String> strings = new ArrayList<>();
    try (Entry text = entry(name + NpzForm.UTF8);
        Entry ends = entry(name + NpzForm.ENDS)) {
      NpyArray bytes = header(name + NpzForm.UTF8, text.in);
      NpyArray counts = header(name + NpzForm.ENDS, ends.in);
      if (!bytes.type().equals(NpyArray.BYTES)
          || !counts.type().equals(NpyArray.LONGS)
          || bytes.shape().size() != 1
          || counts.shape().size() != 1) {
        throw ImportChecks.malformed(
            file,
            name
                + NpzForm.UTF8
                + " must be a one-dimensional array of uint8, "
                + name
                + NpzForm.ENDS
                + " one of int64");
      }
      long at = 0;
      for (long i = 0; i < counts.elements(); i++) {
        long end = Long.reverseBytes(ends.in.readLong());
        if (end < at || end > bytes.elements() || end - at > MAX_TEXT) {
          throw ImportChecks.malformed(
              file, name + NpzForm.ENDS + " must rise to the length of " + name + NpzForm.UTF8);
        }
        byte[] string = text.in.readNBytes((int) (end - at));
        if (string.length < end - at) {
          throw new EOFException(name + NpzForm.UTF8 + " ends in the middle of a string");
        }
        strings.add(decoded(name, string));
        at = end;
      }
      text.finish();
      ends.finish();
    }
    return strings;
  }

  private String decoded(String name, byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw ImportChecks.malformed(
          file, name + NpzForm.UTF8 + " is not UTF-8: " + e.getMessage(), e);
    }
  }

  private NpyArray header(String name, DataInputStream in) throws IOException {
    NpyArray array;
    try {
      array = NpyArray.read(in);
    } catch (NpyArray.FormatException e) {
      throw ImportChecks.malformed(file, name + " " + e.getMessage(), e);
    }
    if (array.columnMajor()) {
      throw ImportChecks.malformed(
          file, name + " is in Fortran's order; save np.ascontiguousarray(" + name + ")");
    }
    return array;
  }

  private @Nullable ZipEntry find(String name) throws ZipException {
    try {
      return zip.getEntry(name + ".npy");
    } catch (IllegalArgumentException e) {
      // The zip's own names are decoded only now.
      ZipException damaged = new ZipException("it holds a name that is not UTF-8");
      damaged.initCause(e);
      throw damaged;
    }
  }

  private Entry entry(String name) throws IOException {
    ZipEntry entry = find(name);
    if (entry == null) {
      throw ImportChecks.malformed(
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
