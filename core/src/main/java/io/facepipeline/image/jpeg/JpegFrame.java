package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a JPEG's frame header says.
 *
 * @param type its marker, which names the way of coding
 * @param precision bits a sample
 * @param width in pixels as stored
 * @param height in pixels as stored
 * @param components in the order of the header
 */
public record JpegFrame(
    int type, int precision, int width, int height, List<Component> components) {
  private static final int BLOCK = 8;
  private static final int BASELINE = 0xC0;
  private static final int EXTENDED = 0xC1;
  private static final int PROGRESSIVE = 0xC2;

  /**
   * One component of the pixels.
   *
   * @param id its number in scan headers
   * @param across how many blocks a unit of the interleaved picture has of it in a row, 1 to 4
   * @param down how many rows of blocks such a unit has of it, 1 to 4
   */
  record Component(int id, int across, int down) {}

  static boolean isFrame(int marker) {
    return (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
        || marker == 0xF7;
  }

  /** Returns the frame, or null if the header is truncated. */
  static @Nullable JpegFrame of(int marker, ByteView body) {
    if (!body.has(0, 6)) {
      return null;
    }
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < body.u8(5) && body.has(6 + 3L * i, 3); i++) {
      int sampling = body.u8(7 + 3L * i);
      components.add(new Component(body.u8(6 + 3L * i), sampling >> 4, sampling & 0xF));
    }
    return new JpegFrame(marker, body.u8(0), body.u16(3), body.u16(1), List.copyOf(components));
  }

  boolean progressive() {
    return type == PROGRESSIVE;
  }

  /** Why no codec here reads it; null if one does. */
  public @Nullable String obstacle() {
    if (type == 0xF7) {
      return "jpeg-ls";
    } else if (type >= 0xC9 && type <= 0xCB) {
      return "jpeg with arithmetic coding";
    } else if (type == 0xC3) {
      return "lossless jpeg";
    } else if (type != BASELINE && type != EXTENDED && type != PROGRESSIVE) {
      return "hierarchical jpeg";
    }
    return precision == 8 ? null : "jpeg of " + precision + " bits per sample";
  }

  /** Whether the components are sampled as the format allows. */
  public boolean sampled() {
    return components.stream()
        .allMatch(c -> c.across() >= 1 && c.across() <= 4 && c.down() >= 1 && c.down() <= 4);
  }

  private int mostAcross() {
    return components.stream().mapToInt(Component::across).max().orElse(1);
  }

  private int mostDown() {
    return components.stream().mapToInt(Component::down).max().orElse(1);
  }

  /** How many units of the interleaved picture lie in a row. */
  int unitsAcross() {
    return ceil(width, BLOCK * mostAcross());
  }

  int unitsDown() {
    return ceil(height, BLOCK * mostDown());
  }

  /** How many blocks a scan of this component alone has in a row. */
  int blocksAcross(Component component) {
    return ceil(ceil(width * component.across(), mostAcross()), BLOCK);
  }

  int blocksDown(Component component) {
    return ceil(ceil(height * component.down(), mostDown()), BLOCK);
  }

  /** How many samples a scan of these components passes over. */
  long samples(List<Component> scan) {
    long blocks = 0;
    if (scan.size() == 1) {
      blocks = (long) blocksAcross(scan.get(0)) * blocksDown(scan.get(0));
    } else {
      for (Component component : scan) {
        blocks += (long) unitsAcross() * unitsDown() * component.across() * component.down();
      }
    }
    return blocks * BLOCK * BLOCK;
  }

  private static int ceil(int value, int divisor) {
    return (value + divisor - 1) / divisor;
  }
}
