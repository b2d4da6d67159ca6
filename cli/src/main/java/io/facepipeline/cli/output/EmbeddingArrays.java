package io.facepipeline.cli.output;

import io.facepipeline.internal.NpyArray;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings and labels for NumPy, under the names of facenet's {@code export_embeddings.py}: a row
 * of {@code embeddings.npy} (float32, faces x dimensions) per face, the number and the name of its
 * person in {@code labels.npy} (int64; people are numbered from 0 in order of their names) and
 * {@code label_strings.npy}, and its photo in {@code images.npy}. Without labels there is neither
 * of their files.
 */
public final class EmbeddingArrays {
  private static final String EMBEDDINGS = "embeddings.npy";
  private static final String IMAGES = "images.npy";
  private static final String LABELS = "labels.npy";
  private static final String NAMES = "label_strings.npy";

  private EmbeddingArrays() {}

  /** A file in a folder that belongs to an earlier export and would not to this one; or null. */
  public static @Nullable Path leftOver(Path folder, boolean labeled) {
    return labeled
        ? null
        : Stream.of(LABELS, NAMES)
            .map(folder::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
  }

  /** Writes the faces of photos, in order, into a folder, which is made. */
  public static void write(
      Path folder, List<PhotoResult> results, int dimensions, boolean labeled) {
    Reports.folder(folder);
    List<float[]> vectors = new ArrayList<>();
    List<String> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (PhotoResult result : results) {
      for (PhotoResult.FaceResult face : result.faces) {
        if (face.embedding != null) {
          vectors.add(face.embedding);
          images.add(result.image);
          labels.add(face.label == null ? "" : face.label);
        }
      }
    }
    array(
        folder.resolve(EMBEDDINGS),
        new NpyArray(NpyArray.FLOATS, List.of((long) vectors.size(), (long) dimensions)),
        out -> {
          byte[] row = new byte[dimensions * Float.BYTES];
          for (float[] vector : vectors) {
            view(row).asFloatBuffer().put(vector);
            out.write(row);
          }
        });
    strings(folder.resolve(IMAGES), images);
    if (labeled) {
      List<String> people = List.copyOf(new TreeSet<>(labels));
      array(
          folder.resolve(LABELS),
          new NpyArray(NpyArray.LONGS, List.of((long) labels.size())),
          out -> {
            byte[] number = new byte[Long.BYTES];
            for (String label : labels) {
              view(number).putLong(Collections.binarySearch(people, label));
              out.write(number);
            }
          });
      strings(folder.resolve(NAMES), labels);
    }
  }

  private static void strings(Path file, List<String> strings) {
    int width = NpyArray.widthOf(strings);
    array(
        file,
        new NpyArray(NpyArray.stringType(width), List.of((long) strings.size())),
        out -> {
          for (String string : strings) {
            NpyArray.writeString(out, string, width);
          }
        });
  }

  /** Writes the elements of an array. */
  @FunctionalInterface
  private interface Elements {
    void writeTo(OutputStream out) throws IOException;
  }

  private static void array(Path file, NpyArray array, Elements elements) {
    Reports.write(
        file,
        true,
        part -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            array.write(out);
            elements.writeTo(out);
          }
        });
  }

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
