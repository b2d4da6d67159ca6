package io.facepipeline.training.network;

import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.training.torch.Tensors;
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
record InputTensors(CatalogEntry.Input input) {
  private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

  /**
   * {@return scaled images [n, channels, side, side]}
   *
   * @param pixels of squares, one after the other, in a direct buffer
   */
  Tensor of(ByteBuffer pixels) {
    long side = input.width();
    long count = pixels.remaining() / (3 * side * side);
    Tensor bytes =
        torch.from_blob(
            new BytePointer(pixels),
            new long[] {count, side, side, 3},
            new TensorOptions(ScalarType.Byte));
    Tensor rgb = bytes.to(ScalarType.Float).permute(0, 3, 1, 2);
    Tensor x =
        switch (input.colorOrder()) {
          case RGB -> rgb;
          case BGR -> rgb.flip(1);
          case GREY -> rgb.mul(Tensors.floats(LUMA, 1, LUMA.length, 1, 1)).sum(1).unsqueeze(1);
        };
    if (input.whitened()) {
      return Tensors.whitened(x).contiguous();
    }
    return x.sub(perChannel(input.mean())).div(perChannel(input.deviation())).contiguous();
  }

  private static Tensor perChannel(List<Float> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return Tensors.floats(values, 1, values.length, 1, 1);
  }
}
