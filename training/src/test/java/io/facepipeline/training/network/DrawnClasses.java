package io.facepipeline.training.network;

import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Pictures of three classes that a test draws: stripes that lie, that stand, and rings. */
final class DrawnClasses {
  private static final int SIDE = 40;

  private DrawnClasses() {}

  /** Draws so many pictures of each class into its folder. */
  static Path into(Path folder, int count) throws IOException {
    int index = 0;
    for (String name : new String[] {"lying", "rings", "standing"}) {
      Path own = Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < count; i++) {
        picture(name, index++).writePng(own.resolve(i + ".png"));
      }
    }
    return folder;
  }

  static Image picture(String name, int seed) {
    Random random = new Random(seed);
    double width = 1.5 + random.nextDouble();
    double phase = 6 * random.nextDouble();
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      double x = i % SIDE - SIDE / 2.0;
      int row = i / SIDE;
      double y = row - SIDE / 2.0;
      double along =
          switch (name) {
            case "lying" -> y;
            case "standing" -> x;
            default -> Math.hypot(x, y);
          };
      double wave = Math.sin(along / width + phase);
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) Math.round(127 + 70 * wave + 15 * random.nextGaussian());
      }
    }
    return Image.ofRgb(SIDE, SIDE, rgb);
  }
}
