package io.facepipeline.evaluation.crops;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.evaluation.crops.BloscChunk.BadChunkException;
import io.facepipeline.evaluation.internal.JsonFile;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set as face.evoLVe keeps it: a folder of bcolz (github.com/Blosc/bcolz, {@code
 * DISK_FORMAT_v1.rst}) with the crops as 32-bit floats [crops, 3, height, width], blue first, -1 to
 * 1, and beside it {@code NAME_list.npy} with a boolean a pair. One chunk of crops is in memory at
 * a time.
 */
public final class BcolzCrops implements StoredCrops {
  private static final int MAX_SIDE = 4096;
  private static final long MAX_CHUNK_FILE = 1 << 29;
  private static final int CHUNK_HEADER = 16;
  private static final int MAGIC = 'b' | 'l' << 8 | 'p' << 16 | 'k' << 24;
  private static final Set<String> FLOATS = Set.of("float32", "<f4");

  /** What a float's rounding may leave beyond the range. */
  private static final float SLACK = 0.01f;

  private static final String ADVICE = "; give a folder as face.evoLVe keeps its validation sets";

  private final Path folder;
  private final int height;
  private final int width;
  private final int crops;
  private final int chunkLength;
  private final BitSet same;

  /** The chunk that was read last. */
  private int chunk = -1;

  private byte[] content = new byte[0];

  private BcolzCrops(Path folder, int[] shape, int chunkLength, BitSet same) {
    this.folder = folder;
    this.crops = shape[0];
    this.height = shape[2];
    this.width = shape[3];
    this.chunkLength = chunkLength;
    this.same = same;
  }

  /** {@return whether a folder is one of bcolz} */
  public static boolean isFolder(Path folder) {
    return Files.isRegularFile(sizes(folder)) && Files.isDirectory(folder.resolve("data"));
  }

  /**
   * {@return the crops of a folder}
   *
   * @throws FacePipelineException if it is another folder, or cannot be read
   */
  public static BcolzCrops open(Path folder) {
    int[] shape = JsonFile.read(sizes(folder), "the shape of crops", advice(), BcolzCrops::shape);
    int chunkLength =
        JsonFile.read(
            folder.resolve("meta").resolve("storage"),
            "the type of crops",
            advice(),
            BcolzCrops::chunkLength);
    return new BcolzCrops(folder, shape, chunkLength, same(folder, shape[0]));
  }

  private static Path sizes(Path folder) {
    return folder.resolve("meta").resolve("sizes");
  }

  private static String advice() {
    return ADVICE.substring(2);
  }

  private static int[] shape(JsonElement json) {
    JsonArray sizes = json.getAsJsonObject().getAsJsonArray("shape");
    int[] shape = new int[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).getAsInt();
    }
    if (shape.length != 4
        || shape[0] < 0
        || shape[1] != 3
        || Math.min(shape[2], shape[3]) < 1
        || Math.max(shape[2], shape[3]) > MAX_SIDE) {
      throw new IllegalArgumentException("its shape is " + sizes + ", not crops of three colors");
    }
    return shape;
  }

  private static int chunkLength(JsonElement json) {
    JsonObject storage = json.getAsJsonObject();
    String type = storage.get("dtype").getAsString();
    int length = storage.get("chunklen").getAsInt();
    if (!FLOATS.contains(type) || length < 1) {
      throw new IllegalArgumentException(
          "it has chunks of " + length + " crops of type " + type + ", not of float32");
    }
    return length;
  }

  private static BitSet same(Path folder, int crops) {
    Path list = folder.resolveSibling(folder.toAbsolutePath().getFileName() + "_list.npy");
    if (!Files.isRegularFile(list)) {
      throw new FacePipelineException(
          folder + ": there is no " + list + ", which says what pairs are of one person" + ADVICE);
    }
    Tensor tensor = Checkpoint.read(list).tensors().values().iterator().next();
    if (tensor.shape().length != 1 || !tensor.isIntegral()) {
      throw new FacePipelineException(list + ": is no list of booleans, but " + tensor + ADVICE);
    }
    StoredCrops.requirePairs(folder, crops, tensor.size());
    long[] told = tensor.longs();
    BitSet same = new BitSet();
    for (int i = 0; i < told.length; i++) {
      same.set(i, told[i] != 0);
    }
    return same;
  }

  @Override
  public Path place() {
    return folder;
  }

  @Override
  public int pairs() {
    return crops / 2;
  }

  @Override
  public boolean same(int pair) {
    return same.get(pair);
  }

  @Override
  public Image crop(int number) {
    int pixels = height * width;
    float[] planes = new float[3 * pixels];
    // Others may want crops of another chunk.
    synchronized (this) {
      if (chunk != number / chunkLength) {
        content = read(number / chunkLength);
        chunk = number / chunkLength;
      }
      ByteBuffer.wrap(content)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(number % chunkLength * planes.length, planes);
    }
    byte[] bgr = new byte[planes.length];
    for (int color = 0; color < 3; color++) {
      for (int i = 0; i < pixels; i++) {
        float value = planes[color * pixels + i];
        if (!(Math.abs(value) <= 1 + SLACK)) {
          throw new FacePipelineException(
              folder + ": crop " + number + " has the value " + value + ", not -1 to 1" + ADVICE);
        }
        int level = Math.round((value * 0.5f + 0.5f) * 255);
        bgr[3 * i + color] = (byte) Math.max(0, Math.min(255, level));
      }
    }
    return Image.ofBgr(width, height, bgr);
  }

  /** A chunk of as many crops as it has, which are all or the rest. */
  private byte[] read(int number) {
    Path place = folder.resolve("data").resolve("__" + number + ".blp");
    int first = number * chunkLength;
    long crop = 3L * Float.BYTES * height * width;
    byte[] content;
    try (CheckpointFile file = CheckpointFile.open(place)) {
      if (file.size() > MAX_CHUNK_FILE) {
        throw bad(place, "it has " + file.size() + " bytes", null);
      }
      byte[] bytes = file.read(0, file.size(), "a chunk");
      if (bytes.length < CHUNK_HEADER
          || ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() != MAGIC) {
        throw bad(place, "it does not begin with blpk", null);
      }
      content = BloscChunk.decompress(bytes, CHUNK_HEADER, crop * chunkLength);
    } catch (BadChunkException e) {
      throw bad(place, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the crops in " + place + ": " + e, e);
    }
    long wanted = crop * Math.min(chunkLength, crops - first);
    if (content.length < wanted) {
      throw bad(place, "it has " + content.length + " bytes of " + wanted, null);
    }
    return content;
  }

  private static FacePipelineException bad(
      Path place, String problem, @Nullable BadChunkException cause) {
    return new FacePipelineException(
        place + " is no chunk of bcolz: " + problem + "; fetch the set anew", cause);
  }

  @Override
  public void close() {
    synchronized (this) {
      content = new byte[0];
      chunk = -1;
    }
  }
}
