package io.facepipeline.training.mtcnn;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Crops drawn at random, as a network sees them: half of them mirrored, most of them a little
 * brighter or darker, with more or less contrast or another color cast, some without color. Not
 * thread-safe.
 */
final class Batch implements AutoCloseable {
  private static final float CENTRE = 127.5f;
  private static final float SCALE = 1 / 128f;

  private final CropFile crops;
  private final int size;
  private final int side;
  private final float[] input;
  private final float[] targets;
  private final FloatPointer inputMemory;
  private final FloatPointer targetMemory;
  private final byte[] rgb;
  private final float[] one = new float[CropTargets.NUMBERS];

  Batch(CropFile crops, int size, int side) {
    this.crops = crops;
    this.size = size;
    this.side = side;
    rgb = new byte[3 * side * side];
    input = new float[size * rgb.length];
    targets = new float[size * CropTargets.NUMBERS];
    inputMemory = new FloatPointer(input.length).retainReference();
    targetMemory = new FloatPointer(targets.length).retainReference();
  }

  /** Draws the next crops. */
  void draw(SplittableRandom random) {
    for (int i = 0; i < size; i++) {
      crops.read(random.nextInt(crops.size()), one, rgb);
      boolean mirrored = random.nextBoolean();
      if (mirrored) {
        CropTargets.mirror(one);
      }
      System.arraycopy(one, 0, targets, i * one.length, one.length);
      pixels(i * rgb.length, mirrored, random);
    }
    inputMemory.put(input, 0, input.length);
    targetMemory.put(targets, 0, targets.length);
  }

  private void pixels(int at, boolean mirrored, SplittableRandom random) {
    boolean plain = random.nextInt(4) == 0;
    boolean grey = random.nextInt(10) == 0;
    double contrast = plain ? 1 : Math.exp(random.nextDouble(-0.25, 0.25));
    double brightness = plain ? 0 : random.nextDouble(-30, 30);
    int pixels = side * side;
    for (int channel = 0; channel < 3; channel++) {
      float gain =
          (float) (SCALE * contrast * (plain ? 1 : Math.exp(random.nextDouble(-0.08, 0.08))));
      float shift = (float) (brightness * SCALE - CENTRE * gain);
      for (int y = 0; y < side; y++) {
        int to = at + channel * pixels + y * side;
        int from = y * side;
        for (int x = 0; x < side; x++) {
          int source = from + (mirrored ? side - 1 - x : x);
          float value =
              grey
                  ? 0.299f * (rgb[source] & 0xff)
                      + 0.587f * (rgb[source + pixels] & 0xff)
                      + 0.114f * (rgb[source + 2 * pixels] & 0xff)
                  : rgb[source + channel * pixels] & 0xff;
          input[to + x] = Math.max(-1, Math.min(1, value * gain + shift));
        }
      }
    }
  }

  /** {@return the crops, [n, 3, side, side], -1 to 1; valid until the next draw} */
  Tensor input() {
    return torch.from_blob(inputMemory, size, 3, side, side);
  }

  /** {@return their targets, [n, 18]; valid until the next draw} */
  Tensor targets() {
    return torch.from_blob(targetMemory, size, CropTargets.NUMBERS);
  }

  /** {@return the sum of a column of the targets} */
  double sum(int column) {
    double sum = 0;
    for (int at = column; at < targets.length; at += CropTargets.NUMBERS) {
      sum += targets[at];
    }
    return sum;
  }

  @Override
  public void close() {
    inputMemory.close();
    targetMemory.close();
  }
}
