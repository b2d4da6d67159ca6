// An architecture of one's own: the network of the example OwnBackbone, and weights for it.
// Named in META-INF/services/io.facepipeline.embedding.Architecture.
// Z. M. Hafed and M. D. Levine, Face Recognition Using the Discrete Cosine Transform, 2001.
package io.facepipeline.examples;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.nio.file.Path;
import java.util.Map;

public final class CosineWaves implements Architecture {
  private static final int SIDE = 112;
  private static final int WAVES = 12;

  @Override
  public String name() {
    return "CosineWaves"; // the entry's "architecture"
  }

  @Override
  public int inputChannels() {
    return 1; // gray
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("waves.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) { // layers by their names
    return layers.flatten(layers.conv2d(x, "waves", outputs, Window.square(SIDE, SIDE, 0), false));
  }

  /** Writes weights that need no training: the longest waves of a cosine transform. */
  static Path checkpoint(Path file) {
    float[] waves = new float[WAVES * WAVES * SIDE * SIDE];
    for (int i = 0; i < waves.length; i++) {
      int wave = i / (SIDE * SIDE);
      int down = wave / WAVES; // half waves from the top to the bottom
      int across = wave % WAVES;
      double y = down * (i / SIDE % SIDE + 0.5);
      double x = across * (i % SIDE + 0.5);
      double height = wave == 0 ? 0.01 : 1; // how bright the photo is counts little
      waves[i] = (float) (height * Math.cos(Math.PI * x / SIDE) * Math.cos(Math.PI * y / SIDE));
    }
    int[] shape = {WAVES * WAVES, 1, SIDE, SIDE};
    return Checkpoint.of(Map.of("waves.weight", Tensor.of(shape, waves))).write(file);
  }
}
