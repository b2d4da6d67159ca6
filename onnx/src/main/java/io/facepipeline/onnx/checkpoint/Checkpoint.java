package io.facepipeline.onnx.checkpoint;

import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The named tensors of a model checkpoint. Immutable and thread-safe. It does not keep its file
 * open; tensors are in memory once, with the file's type.
 *
 * <p>Formats, recognized by content:
 *
 * <ul>
 *   <li>{@code pytorch-zip}: files of {@code torch.save} since PyTorch 1.6
 *   <li>{@code pytorch-legacy}: files of {@code torch.save} before that
 *   <li>{@code npy}: one NumPy array, as the tensor {@code value}
 *   <li>{@code npy-pickle}: a pickled dict of NumPy arrays, as in face.evoLVe's and FaceNet's MTCNN
 *       weights; nested dicts and lists become names with dots, such as {@code conv1.weights}
 *   <li>{@code pickle}: the same without NumPy's header
 *   <li>{@code safetensors}
 * </ul>
 *
 * <p>In PyTorch's files the state dict is found by its contents: at the top, under the keys that
 * training scripts use ({@code state_dict}, {@code net_state_dict}, {@code model}, {@code ema} and
 * others, also nested), else where most tensors are. Everything else, such as an optimizer's state,
 * is ignored, and its storages are not read. A single tensor is called {@code value}. Prefixes that
 * wrappers add to all names of a network ({@code module.}, {@code model.}, {@code backbone.},
 * {@code _orig_mod.} and others) are removed; {@link #place} tells. Quantized tensors are read as
 * the numbers they stand for.
 *
 * <p>A small interpreter reads pickles as data and executes nothing: objects other than tensors are
 * kept as mere names, and files with names that only an attacker needs are refused. Truncated,
 * damaged and hostile files cause a {@link MalformedModelException}.
 */
public final class Checkpoint {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] NPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  // PyTorch's magic number, a 10-byte integer: behind the protocol, and from protocol 4 on a frame.
  private static final int[] LEGACY_AT = {2, 11};
  private static final byte[] LEGACY_TEXT =
      "L119547037146038801333356L".getBytes(StandardCharsets.US_ASCII);
  private static final int PICKLE_PROTOCOL = 0x80;
  private static final byte[] LEGACY = {
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19
  };
  private static final byte[] TAR = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] GIT_LFS =
      "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);
  private static final int ONNX_VERSION_FIELD = 0x08;
  private static final int MAX_ONNX = 64;
  private static final int TAR_AT = 257;
  private static final int SNIFFED = 512;
  private static final int SAFETENSORS_JSON_AT = 8;

  private final Path file;
  private final String format;
  private final String sha256;
  private final String place;
  private final Map<String, Tensor> tensors;

  private Checkpoint(
      Path file, String format, String sha256, String place, Map<String, Tensor> tensors) {
    this.file = file;
    this.place = place;
    this.format = format;
    this.sha256 = sha256;
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * Reads a checkpoint. The file is read once for its hash and once for its tensors.
   *
   * @param file a file in any of the formats above; its name does not matter
   * @return its tensors
   * @throws MalformedModelException if the file cannot be read, is in none of the formats, is
   *     truncated or damaged, names a Python object other than those of a state dict, as a whole
   *     pickled model does, holds no tensors, or holds one of an unsupported type or of 2 GiB or
   *     more
   */
  public static Checkpoint read(Path file) {
    try (CheckpointFile in = CheckpointFile.open(file)) {
      return read(in);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a checkpoint in memory, such as a resource of an artifact.
   *
   * @param name its name in messages and in {@link #file()}
   * @param content the content of a file in any of the formats above
   * @return its tensors
   * @throws MalformedModelException as for {@link #read(Path)}
   */
  public static Checkpoint read(String name, byte[] content) {
    Path file = Path.of(name);
    try (CheckpointFile in = CheckpointFile.of(file, content)) {
      return read(in);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Checkpoint read(CheckpointFile in) throws IOException {
    byte[] head = in.read(0, Math.min(SNIFFED, in.size()), "the file");
    String format;
    Contents contents;
    if (has(head, 0, ZIP)) {
      format = "pytorch-zip";
      contents = TorchZip.read(in);
    } else if (isLegacy(head)) {
      format = "pytorch-legacy";
      contents = TorchLegacy.read(in);
    } else if (has(head, 0, NPY)) {
      NpyFile.Read read = NpyFile.read(in);
      format = read.pickled() ? "npy-pickle" : "npy";
      contents = read.contents();
    } else if (head.length > SAFETENSORS_JSON_AT && head[SAFETENSORS_JSON_AT] == '{') {
      format = "safetensors";
      contents = new Contents("", Safetensors.read(in));
    } else if (isPickle(head)) {
      format = "pickle";
      contents = PickledArrays.read(in, new ByteReader(in, 0, in.size()));
    } else {
      throw unknown(in, head);
    }
    if (contents.tensors().isEmpty()) {
      throw in.problem("holds no tensors; give a checkpoint with a model's weights");
    }
    Contents named = StateDict.withoutPrefix(contents);
    return new Checkpoint(in.path(), format, in.sha256(), named.place(), named.tensors());
  }

  /**
   * The SHA-256 hash of a checkpoint's file, without reading its tensors.
   *
   * @param file the file
   * @return the same as {@link #sha256()}: 64 lower-case hexadecimal digits
   * @throws MalformedModelException if the file cannot be read
   */
  public static String sha256(Path file) {
    try (CheckpointFile in = CheckpointFile.open(file)) {
      return in.sha256();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static MalformedModelException unreadable(Path file, IOException e) {
    return CheckpointFile.problem(
        file, "cannot be read (" + e + "); check that it exists and is readable", e);
  }

  /**
   * A checkpoint without a file, for tests and for weights from elsewhere.
   *
   * @param tensors by name; copied, in its order
   * @return a checkpoint of format {@code memory} with file {@code memory} and an empty {@link
   *     #sha256}
   */
  public static Checkpoint of(Map<String, Tensor> tensors) {
    return new Checkpoint(Path.of("memory"), "memory", "", "", tensors);
  }

  /**
   * The same file with other tensors, for renamed or transposed weights.
   *
   * @param others tensors by name; copied, in its order
   * @return a checkpoint with this one's file, hash and format
   */
  public Checkpoint withTensors(Map<String, Tensor> others) {
    return new Checkpoint(file, format, sha256, place, others);
  }

  /**
   * Writes the tensors as 32-bit floats in the safetensors format, which {@link #read(Path)} and
   * PyTorch read. The write is atomic.
   *
   * @param file the file to write; missing folders are made
   * @return the file
   * @throws MalformedModelException if it cannot be written; what was there is then as it was
   */
  public Path write(Path file) {
    try {
      WholeFile.write(
          file,
          WholeFile.Access.UMASK,
          part -> {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
              Safetensors.write(out, tensors);
            }
          });
      return file;
    } catch (IOException e) {
      throw CheckpointFile.problem(
          file,
          "cannot be written (" + e + "); choose a folder that is writable and has free space",
          e);
    }
  }

  /**
   * All tensors by name.
   *
   * @return an unmodifiable map in the order of the file
   */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * A tensor.
   *
   * @param name of the tensor
   * @return the tensor
   * @throws MalformedModelException if there is none of that name; the message has the most similar
   *     names
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw CheckpointFile.problem(
          file,
          "has no tensor \""
              + name
              + "\" among its "
              + tensors.size()
              + "; the nearest names are "
              + NearestNames.of(name, tensors.keySet())
              + ": check that the file is of this model");
    }
    return tensor;
  }

  /**
   * Whether there is a tensor with a name.
   *
   * @param name of the tensor
   * @return true if {@link #tensor} returns one
   */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Whether a tensor is only for training: a counter, such as {@code num_batches_tracked}, a
   * classifier or loss beside the network, such as {@code head.weight}, or an optimizer's state.
   *
   * @param name of the tensor
   * @return true if a network without it computes the same features
   * @throws MalformedModelException if there is none of that name
   */
  public boolean isForTraining(String name) {
    return StateDict.isForTraining(name)
        || (tensor(name).size() == 1 && tensor(name).type().isIntegral());
  }

  /**
   * The file that was read.
   *
   * @return the path as given
   */
  public Path file() {
    return file;
  }

  /**
   * The SHA-256 hash of the file.
   *
   * @return 64 lower-case hexadecimal digits; empty if the checkpoint comes from no file
   */
  public String sha256() {
    return sha256;
  }

  /**
   * Where in the file the tensors were found.
   *
   * @return the keys that lead to them and the prefix that was removed from their names, as
   *     readable text such as {@code state_dict, names without "module."}; empty if they are at the
   *     top
   */
  public String place() {
    return place;
  }

  /**
   * The format of the file.
   *
   * @return one of the names in the description of this class, or {@code memory}
   */
  public String format() {
    return format;
  }

  private static MalformedModelException unknown(CheckpointFile in, byte[] head) {
    if (has(head, TAR_AT, TAR)) {
      return in.problem(
          "is a tar file, as PyTorch wrote before 0.2; save it again with a recent PyTorch");
    }
    if (has(head, 0, GIT_LFS)) {
      return in.problem("is a Git LFS pointer, not the checkpoint itself; run git lfs pull");
    }
    if (head.length > 1 && head[0] == ONNX_VERSION_FIELD && head[1] > 0 && head[1] < MAX_ONNX) {
      return in.problem(
          "seems to be an ONNX model, not a checkpoint; use it where ONNX files are accepted");
    }
    return in.problem(
        "is not a checkpoint that this library reads (PyTorch, NumPy or safetensors); it has "
            + in.size()
            + " bytes: check that the download is complete and not a web page");
  }

  /** Files of torch.save before 1.6, in any of Python's pickle protocols. */
  private static boolean isLegacy(byte[] head) {
    return Arrays.stream(LEGACY_AT).anyMatch(at -> has(head, at, LEGACY))
        || has(head, 0, LEGACY_TEXT);
  }

  private static boolean isPickle(byte[] head) {
    return head.length > 2 && (head[0] & 0xff) == PICKLE_PROTOCOL && head[1] >= 2 && head[1] <= 5;
  }

  private static boolean has(byte[] head, int at, byte[] magic) {
    return head.length >= at + magic.length
        && Arrays.equals(head, at, at + magic.length, magic, 0, magic.length);
  }
}
