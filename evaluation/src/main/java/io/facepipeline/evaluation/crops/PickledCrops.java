package io.facepipeline.evaluation.crops;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.pickle.FileBytes;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import io.facepipeline.onnx.checkpoint.pickle.PyTuple;
import io.facepipeline.onnx.checkpoint.pickle.Unpickler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set as InsightFace keeps it ({@code lfw.bin}, {@code agedb_30.bin} …): a pickle, of Python 2 or
 * 3, of a list of encoded pictures and a list of booleans. Nothing in it is executed. The pictures
 * stay in the file until they are wanted; those of protocol 0 and of Python 3's protocols 1 and 2
 * are text there, and are held in memory.
 */
public final class PickledCrops implements StoredCrops {
  /** All that a pickle of bytes and booleans can name, whoever wrote it. */
  private static final Set<String> NAMES =
      Set.of(
          "_codecs encode",
          "__builtin__ bytes",
          "builtins bytes",
          "numpy ndarray",
          "numpy dtype",
          "numpy.core.multiarray _reconstruct",
          "numpy.core.multiarray scalar",
          "numpy.core.numeric _frombuffer",
          "numpy._core.multiarray _reconstruct",
          "numpy._core.multiarray scalar",
          "numpy._core.numeric _frombuffer");

  /** A crop of 112x112 pixels has 40 KB as PNG, and four letters for a byte at most. */
  private static final int MAX_TEXT = 1 << 22;

  /** What begins a pickle: a protocol, a mark, an empty list; a name in one that is refused. */
  private static final String BEGINNINGS = "\u0080(]c";

  private static final long MAX_PIXELS = 1 << 24;

  private static final String ADVICE =
      "; give a file as InsightFace writes it, a pickle of a list of encoded crops and a list of"
          + " booleans";

  private final CheckpointFile file;
  private final List<?> pictures;
  private final BitSet same;
  private final int pairs;

  private PickledCrops(CheckpointFile file, List<?> pictures, BitSet same, int pairs) {
    this.file = file;
    this.pictures = pictures;
    this.same = same;
    this.pairs = pairs;
  }

  /**
   * {@return the crops of a file, which stays open until they are closed}
   *
   * @throws FacePipelineException if it cannot be read, or is another pickle
   */
  public static PickledCrops open(Path place) {
    CheckpointFile file;
    try {
      file = CheckpointFile.open(place);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the crops in " + place + ": " + e, e);
    }
    try {
      return read(file);
    } catch (RuntimeException e) {
      close(file, e);
      throw e;
    }
  }

  private static PickledCrops read(CheckpointFile file) {
    Path place = file.path();
    Object root;
    try {
      byte[] first = file.read(0, Math.min(1, file.size()), "the file");
      if (first.length > 0 && BEGINNINGS.indexOf(first[0] & 0xff) < 0) {
        throw new FacePipelineException(place + ": is no pickle" + ADVICE);
      }
      ByteReader in = new ByteReader(file, 0, file.size());
      root = Unpickler.readBytes(in, NAMES, MAX_TEXT);
      if (in.remaining() > 0) {
        throw new FacePipelineException(
            place + ": has " + in.remaining() + " bytes after its pickle" + ADVICE);
      }
    } catch (MalformedModelException e) {
      throw new FacePipelineException(e.getMessage() + ADVICE, e);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the crops in " + place + ": " + e, e);
    }
    List<?> both = items(root);
    List<?> pictures = both == null || both.size() != 2 ? null : items(both.get(0));
    if (both == null || pictures == null) {
      throw new FacePipelineException(place + ": is another pickle" + ADVICE);
    }
    Object told = both.get(1);
    List<?> booleans = items(told);
    int pairs;
    BitSet same = new BitSet();
    if (booleans != null) {
      pairs = booleans.size();
      for (int i = 0; i < pairs; i++) {
        same.set(i, bool(place, i, booleans.get(i)));
      }
    } else {
      byte[] array = array(file, told, DataType.BOOL);
      if (array == null) {
        throw new FacePipelineException(place + ": has no list of booleans" + ADVICE);
      }
      pairs = array.length;
      for (int i = 0; i < pairs; i++) {
        same.set(i, array[i] != 0);
      }
    }
    StoredCrops.requirePairs(place, pictures.size(), pairs);
    return new PickledCrops(file, pictures, same, pairs);
  }

  @Override
  public Path place() {
    return file.path();
  }

  @Override
  public int pairs() {
    return pairs;
  }

  @Override
  public boolean same(int pair) {
    return same.get(pair);
  }

  @Override
  public Image crop(int number) {
    byte[] encoded = bytes(file, pictures.get(number));
    if (encoded == null) {
      throw new FacePipelineException(name(number) + " is not the bytes of a picture" + ADVICE);
    }
    try {
      return Image.read(encoded, ReadOptions.defaults().withMaxPixels(MAX_PIXELS));
    } catch (ImageException e) {
      throw new FacePipelineException(
          name(number)
              + " cannot be decoded: "
              + e.getMessage()
              + "; the file is damaged: fetch it anew",
          e);
    }
  }

  private String name(int number) {
    return file.path() + ": crop " + number;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static void close(CheckpointFile file, RuntimeException cause) {
    try {
      file.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static @Nullable List<?> items(Object value) {
    if (value instanceof PyTuple tuple) {
      return tuple.items();
    }
    return value instanceof List<?> list ? Collections.unmodifiableList(list) : null;
  }

  private static boolean bool(Path place, int pair, Object value) {
    if (value instanceof Boolean same) {
      return same;
    }
    if (value instanceof Long number && (number == 0 || number == 1)) {
      return number == 1;
    }
    if (value instanceof PickledArray scalar
        && scalar.type() != null
        && scalar.type().dataType() == DataType.BOOL
        && scalar.data() instanceof byte[] one
        && one.length == 1) {
      return one[0] != 0;
    }
    throw new FacePipelineException(
        place + ": pair " + pair + " is told the same by something else than a boolean" + ADVICE);
  }

  /** The bytes of a picture, in whatever form Python kept them. */
  private static byte @Nullable [] bytes(CheckpointFile file, Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    if (value instanceof FileBytes place) {
      try {
        return file.read(place.position(), place.length(), "a crop");
      } catch (IOException e) {
        throw new FacePipelineException("cannot read the crops in " + file.path() + ": " + e, e);
      }
    }
    return array(file, value, DataType.UBYTE);
  }

  /** The elements of an array of one dimension and of a type of one byte. */
  private static byte @Nullable [] array(CheckpointFile file, Object value, DataType type) {
    if (!(value instanceof PickledArray array)) {
      return null;
    }
    int[] shape = array.shape();
    Object data = array.data();
    if (array.type() == null
        || array.type().dataType() != type
        || shape == null
        || shape.length != 1
        || data == null
        || data instanceof PickledArray) {
      return null;
    }
    byte[] bytes = bytes(file, data);
    return bytes != null && bytes.length == shape[0] ? bytes : null;
  }
}
