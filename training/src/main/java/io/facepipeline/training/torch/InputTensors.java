package io.facepipeline.training.torch;

import io.facepipeline.onnx.catalog.CatalogEntry;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Turns pixels into what a network is trained on, as the exported model does itself.
 *
 * @param input of the network
 */
public record InputTensors(CatalogEntry.Input input) {
  private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

  /**
   * {@return scaled images [n, channels, side, side]}
   *
   * @param pixels of squares, one after the other; a direct buffer is not copied
   */
  public Tensor of(ByteBuffer pixels) {
    return of(pixels, input.width());
  }

  /**
   * {@return scaled images [n, channels, side, side] of squares that are smaller than the network's
   * input: it shrinks them itself when it runs}
   *
   * @param pixels of squares, one after the other
   */
  public Tensor of(ByteBuffer pixels, int side) {
    Tensor x = unscaled(pixels, side);
    if (input.whitened()) {
      return Tensors.whitened(x).contiguous();
    }
    return x.sub(perChannel(input.mean())).div(perChannel(input.deviation())).contiguous();
  }

  /**
   * {@return images [n, channels, side, side] in the network's colors, 0 to 255}
   *
   * @param pixels of squares, one after the other
   */
  public Tensor unscaled(ByteBuffer pixels, int side) {
    long count = pixels.remaining() / (3L * side * side);
    Tensor bytes =
        torch.from_blob(
            new BytePointer(pixels),
            new long[] {count, side, side, 3},
            new TensorOptions(ScalarType.Byte));
    Tensor rgb = bytes.to(ScalarType.Float).permute(0, 3, 1, 2);
    return switch (input.colorOrder()) {
      case RGB -> rgb;
      case BGR -> rgb.flip(1);
      case GREY -> rgb.mul(Tensors.floats(LUMA, 1, LUMA.length, 1, 1)).sum(1).unsqueeze(1);
    };
  }

  private static Tensor perChannel(List<Float> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return Tensors.floats(values, 1, values.length, 1, 1);
  }
}
