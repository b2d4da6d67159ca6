package io.facepipeline.onnx.internal;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.proto.InlinedWeights;
import io.facepipeline.onnx.graph.proto.OnnxMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX file names beside its own content, found by walking its fields (<a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3">onnx.proto3</a>) without reading
 * its weights.
 */
public final class ModelScan {
  /** Longer names of files and operators are skipped as content. */
  private static final int MAX_TEXT = 4096;

  /** ONNX's operators that run a nested graph, as often as a value says that the model computes. */
  private static final Set<String> CONTROL_FLOW = Set.of("If", "Loop", "Scan", "SequenceMap");

  /** Operators that find the range of their input, the whole batch, when the model runs. */
  private static final Set<String> BATCH_DEPENDENT =
      Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private final InputStream in;
  private final Set<String> locations = new TreeSet<>();
  private final Set<String> controlFlow = new TreeSet<>();
  private boolean dependsOnBatch;
  private long position;

  private ModelScan(InputStream in) {
    this.in = in;
  }

  /** Walks a file. */
  public static ModelScan of(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return of(in, file.toString());
    }
  }

  /** Walks a file's content. */
  public static ModelScan of(byte[] content) {
    try {
      return of(new ByteArrayInputStream(content), "the model of " + content.length + " bytes");
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }

  private static ModelScan of(InputStream in, String what) throws IOException {
    ModelScan scan = new ModelScan(in);
    try {
      scan.walk(OnnxMessage.MODEL, Long.MAX_VALUE, 0);
      return scan;
    } catch (EOFException e) {
      throw new MalformedModelException(
          what
              + " is not an ONNX model or is damaged at byte "
              + scan.position
              + " ("
              + e.getMessage()
              + "); fetch or export it again",
          e);
    }
  }

  public boolean hasExternalData() {
    return !locations.isEmpty();
  }

  public boolean dependsOnBatch() {
    return dependsOnBatch;
  }

  /**
   * Refuses what a model of a stranger must not do.
   *
   * @param folder where its external data must lie; null where there is none
   */
  public void check(String what, @Nullable Path folder, OnnxOptions options) {
    if (!controlFlow.isEmpty() && !options.controlFlow()) {
      throw new MalformedModelException(
          what
              + " holds the operators "
              + controlFlow
              + ", which may run forever, and a run cannot be stopped; export the model without"
              + " them, or if you trust it, allow them with OnnxOptions.withControlFlow(true)");
    }
    for (String location : locations) {
      if (folder == null) {
        throw new MalformedModelException(
            what
                + " keeps weights in the file '"
                + location
                + "' beside it, but a model in memory has no folder; load it from its file");
      }
      external(what, folder, location);
    }
  }

  private static Path external(String what, Path folder, String location) {
    try {
      Path named = Path.of(location);
      Path real = folder.toRealPath();
      if (!location.isEmpty() && !named.isAbsolute()) {
        Path file = folder.resolve(named);
        if (!file.normalize().startsWith(folder.normalize())) {
          throw outside(what, folder, location);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
          throw new MalformedModelException(
              what
                  + " keeps weights in the file '"
                  + location
                  + "', which is not in its folder "
                  + folder
                  + " or cannot be read; put both files together");
        }
        if (file.toRealPath().startsWith(real)) {
          return file;
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw new MalformedModelException(
          what + " keeps weights in '" + location + "', which cannot be read: " + e, e);
    }
    throw outside(what, folder, location);
  }

  private static MalformedModelException outside(String what, Path folder, String location) {
    return new MalformedModelException(
        what
            + " names the file '"
            + location
            + "' outside of its folder "
            + folder
            + "; weights must be in the model's folder: export it again, and do not trust a file"
            + " from strangers");
  }

  /** The hash of a file, and of the files with its weights where there are some. */
  public String sha256(Path file) throws IOException {
    String own = MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
    if (locations.isEmpty()) {
      return own;
    }
    Hasher all = Hashing.sha256().newHasher().putString(own, StandardCharsets.UTF_8);
    for (String location : locations) {
      Path weights = external("model file " + file, folderOf(file), location);
      all.putString("\n" + location + "\n", StandardCharsets.UTF_8)
          .putBytes(MoreFiles.asByteSource(weights).hash(Hashing.sha256()).asBytes());
    }
    return all.hash().toString();
  }

  /**
   * The content of a model with the weights of all its files inside.
   *
   * @throws MalformedModelException if a file is missing, too short or outside of the model's
   *     folder, or all together reach the 2 GiB that Protocol Buffers allows
   */
  public byte[] whole(Path file) throws IOException {
    byte[] own = Files.readAllBytes(file);
    String what = "model file " + file;
    return locations.isEmpty()
        ? own
        : InlinedWeights.inline(own, what, location -> external(what, folderOf(file), location));
  }

  public static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder;
  }

  private void walk(OnnxMessage message, long end, int depth) throws IOException {
    if (depth > OnnxMessage.MAX_DEPTH) {
      throw new EOFException("messages nest deeper than " + OnnxMessage.MAX_DEPTH);
    }
    String operator = "";
    String domain = "";
    String key = "";
    String value = "";
    while (position < end) {
      int first = in.read();
      if (first < 0) {
        if (end == Long.MAX_VALUE) {
          return;
        }
        throw new EOFException("it ends within a message");
      }
      position++;
      long tag = varint(first);
      int field = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
      switch ((int) (tag & 7)) {
        case VARINT -> varint(next());
        case FIXED64 -> skip(8, end);
        case FIXED32 -> skip(4, end);
        case LENGTH -> {
          long length = varint(next());
          if (length < 0 || length > end - position) {
            throw new EOFException("a field of " + length + " bytes passes the end");
          }
          OnnxMessage inner = message.in(field);
          if (inner != OnnxMessage.SKIPPED) {
            walk(inner, position + length, depth + 1);
          } else if (message == OnnxMessage.NODE && field == 4) {
            operator = text(length);
          } else if (message == OnnxMessage.NODE && field == 7) {
            domain = text(length);
          } else if (message == OnnxMessage.ENTRY && field == 1) {
            key = text(length);
          } else if (message == OnnxMessage.ENTRY && field == 2) {
            value = text(length);
          } else {
            skip(length, end);
          }
        }
        default -> throw new EOFException("the wire type " + (tag & 7) + " does not exist");
      }
    }
    if (position != end) {
      throw new EOFException("a field passes its message's end");
    }
    boolean standard = domain.isEmpty() || domain.equals("ai.onnx");
    if (message == OnnxMessage.NODE && standard && CONTROL_FLOW.contains(operator)) {
      controlFlow.add(operator);
    }
    dependsOnBatch |= message == OnnxMessage.NODE && BATCH_DEPENDENT.contains(operator);
    if (message == OnnxMessage.ENTRY && key.equals("location")) {
      locations.add(value);
    }
  }

  private int next() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("it ends within a field");
    }
    position++;
    return b;
  }

  private long varint(int first) throws IOException {
    long value = first & 0x7F;
    int b = first;
    for (int shift = 7; (b & 0x80) != 0; shift += 7) {
      if (shift > 63) {
        throw new EOFException("a number runs over more than 10 bytes");
      }
      b = next();
      value |= (long) (b & 0x7F) << shift;
    }
    return value;
  }

  private String text(long length) throws IOException {
    if (length > MAX_TEXT) {
      throw new EOFException("a name has " + length + " bytes");
    }
    byte[] bytes = in.readNBytes((int) length);
    position += bytes.length;
    if (bytes.length < length) {
      throw new EOFException("it ends within a name");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void skip(long count, long end) throws IOException {
    if (count > end - position) {
      throw new EOFException("a field passes its message's end");
    }
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw new EOFException("it ends within a field of " + count + " bytes");
    }
    position += count;
  }
}
