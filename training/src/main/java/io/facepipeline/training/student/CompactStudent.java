package io.facepipeline.training.student;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * The library's compact network: four 3x3 convolutions of stride 2, each followed by residual
 * blocks (He et al. 2016), and a dense layer, on images of 80x80, to which the emitted graph
 * shrinks crops. A checkpoint with fewer blocks can be loaded: the missing blocks start as
 * identities. Not thread-safe.
 */
public final class CompactStudent extends LayerStudent {
  /** The side of an image. */
  public static final int SIDE = 80;

  private static final int[] WIDTHS = {24, 48, 96, 160};
  private static final int[] BLOCKS = {0, 2, 4, 1};

  private static final Pattern BLOCK = Pattern.compile("stage\\d+\\.\\d+\\.");

  /** A block begins as nearly nothing, so that the depth does not matter at first. */
  private static final float BLOCK_GAIN = 0.2f;

  private final int dimensions;

  /**
   * Creates a network with random weights.
   *
   * @param dimensions the dimensions of an embedding
   * @param half whether convolutions run in bfloat16
   */
  public CompactStudent(int dimensions, boolean half, RandomGenerator random) {
    super(SIDE, half, random);
    this.dimensions = dimensions;
    build();
  }

  @Override
  Tensor features(Tensor images) {
    // Faster, and needed: of planes PyTorch 2.10 makes other features with operations in place.
    Tensor x = images.contiguous(MemoryFormat.ChannelsLast);
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      String name = "stage" + stage;
      int width = WIDTHS[stage];
      x = normalized(x, name + ".down", width, 2, 1).relu_();
      for (int block = 0; block < BLOCKS[stage]; block++) {
        Tensor inner = normalized(x, name + "." + block + ".a", width, 1, 1).relu_();
        inner = normalized(inner, name + "." + block + ".b", width, 1, BLOCK_GAIN);
        x = inner.add_(x).relu_();
      }
    }
    // What is laid out channels last is put in the order that the emitted graph has.
    return batchNorm(dense(x.contiguous().flatten(1, 3), "dense", dimensions, false), "dense.norm");
  }

  @Override
  boolean isAdded(Checkpoint checkpoint, String name) {
    Matcher block = BLOCK.matcher(name);
    return block.lookingAt()
        && checkpoint.tensors().keySet().stream().noneMatch(own -> own.startsWith(block.group()));
  }

  @Override
  boolean isGain(String name) {
    return name.endsWith(".b.norm.weight");
  }

  private Tensor normalized(Tensor x, String name, int outputs, int stride, float gain) {
    return batchNorm(conv(x, name, outputs, 3, stride, 1, 1), name + ".norm", gain);
  }
}
