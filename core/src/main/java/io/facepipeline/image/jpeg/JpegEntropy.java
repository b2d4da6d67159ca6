package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the codes of a JPEG's pixels without making pixels of them, to know before a native decoder
 * does whether they are all there and in order: libjpeg prints on standard error what it finds
 * wrong, and fills what is missing with grey.
 */
public final class JpegEntropy {
  /** What was found. */
  public enum Finding {
    /** Every code is present and valid; nothing lies between the segments. */
    CLEAN,
    /** Every code is there, and a decoder has something to remark. */
    DAMAGED,
    /** Codes are missing in the last row of a scan, or scans are. */
    UNFINISHED,
    /** Codes are missing for whole rows. */
    CUT
  }

  private static final int UNKNOWN = -1;
  private static final int BLOCK = 64;

  private final ByteView view;
  private final byte[] bytes;
  private final JpegFrame frame;
  private final @Nullable JpegCodes[] means = new JpegCodes[4];
  private final @Nullable JpegCodes[] others = new JpegCodes[4];

  /** By component and place: how many low bits are still missing; {@link #UNKNOWN} if all. */
  private final int[][] missing;

  /** By component and block: which coefficients are not zero. Only for progressive frames. */
  private final long[][] set;

  private int interval;
  private boolean clean = true;
  private boolean cut;
  private boolean rowsCut;
  private long endOfBand;

  private JpegEntropy(ByteView view, byte[] bytes, JpegFrame frame) {
    this.view = view;
    this.bytes = bytes;
    this.frame = frame;
    int components = frame.components().size();
    missing = new int[components][BLOCK];
    set = new long[components][];
    for (int[] places : missing) {
      Arrays.fill(places, UNKNOWN);
    }
  }

  /** Looks through a file whose frame {@linkplain JpegFrame#obstacle() has no obstacle}. */
  public static Finding look(byte[] encoded, JpegFrame frame) {
    return new JpegEntropy(ByteView.bigEndian(encoded), encoded, frame).look();
  }

  private Finding look() {
    JpegSegments segments = new JpegSegments(view);
    while (segments.next() && !cut) {
      ByteView body = segments.body();
      switch (segments.marker()) {
        case 0xC4 -> tables(body);
        case 0xDD -> interval = body.has(0, 2) ? body.u16(0) : 0;
        case 0xE0 -> clean &= !body.matches(0, "JFIF\0") || (body.has(0, 14) && body.u8(5) == 1);
        case 0xEE -> clean &= !body.matches(0, "Adobe") || knownTransform(body);
        case JpegSegments.START_OF_SCAN -> scan(body, (int) segments.end());
        default -> {
          // Restart markers belong into scans, and parts of other pictures not into this one.
          clean &= segments.marker() < 0xD0 || segments.marker() > 0xD8;
        }
      }
    }
    clean &= !segments.garbage() && segments.marker() == JpegSegments.END_OF_IMAGE;
    for (int[] places : missing) {
      for (int k = 0; k < BLOCK; k++) {
        cut |= places[k] != 0;
      }
    }
    if (cut) {
      return rowsCut ? Finding.CUT : Finding.UNFINISHED;
    }
    return clean ? Finding.CLEAN : Finding.DAMAGED;
  }

  private boolean knownTransform(ByteView body) {
    int components = frame.components().size();
    int transform = body.has(0, 12) ? body.u8(11) : 0;
    return components == 3 ? transform <= 1 : transform == 0 || transform == 2;
  }

  private void tables(ByteView body) {
    long at = 0;
    while (body.has(at, 17)) {
      int which = body.u8(at);
      int total = 0;
      for (int i = 1; i <= 16; i++) {
        total += body.u8(at + i);
      }
      JpegCodes codes = JpegCodes.of(body, at + 1);
      if (codes == null || (which & 0xF) > 3 || which > 0x1F) {
        clean = false;
        return;
      }
      if (which >> 4 == 0) {
        means[which & 0xF] = codes;
      } else {
        others[which & 0xF] = codes;
      }
      at += 17 + total;
    }
    clean &= at == body.length();
  }

  /** A component in a scan: its place in the frame, and its tables. */
  private record Part(
      JpegFrame.Component component,
      int place,
      @Nullable JpegCodes means,
      @Nullable JpegCodes others) {}

  /** What a scan's header says. */
  private record Scan(List<Part> parts, int from, int to, int high, int low) {}

  private void scan(ByteView header, int data) {
    List<JpegFrame.Component> components = JpegScans.components(header, frame);
    int count = components.size();
    if (count == 0 || !header.has(0, 4 + 2L * count) || header.u8(0) != count) {
      clean = false;
      return;
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int tables = header.u8(2 + 2L * i);
      JpegFrame.Component component = components.get(i);
      int place = frame.components().indexOf(component);
      parts.add(new Part(component, place, means[tables >> 4 & 3], others[tables & 3]));
    }
    int last = 1 + 2 * count;
    int to = header.u8(last + 1);
    int approximation = header.u8(last + 2);
    Scan scan =
        frame.progressive()
            ? new Scan(parts, header.u8(last), to, approximation >> 4, approximation & 0xF)
            : new Scan(parts, 0, BLOCK - 1, 0, 0);
    if (!frame.progressive()) {
      clean &= header.u8(last) == 0 && to == BLOCK - 1 && approximation == 0;
    }
    if (scan.to >= BLOCK || scan.from > scan.to || (scan.from > 0 && count > 1)) {
      clean = false;
      return;
    }
    note(scan);
    read(scan, new JpegBits(bytes, data));
  }

  /** Notes which bits the scan brings, and whether they come in turn. */
  private void note(Scan scan) {
    for (Part part : scan.parts) {
      int[] places = missing[part.place];
      clean &= scan.from == 0 || places[0] != UNKNOWN;
      for (int k = scan.from; k <= scan.to; k++) {
        clean &= scan.high == Math.max(0, places[k]);
        clean &= frame.progressive() || places[k] == UNKNOWN;
        places[k] = scan.low;
      }
    }
  }

  private void read(Scan scan, JpegBits bits) {
    boolean alone = scan.parts.size() == 1;
    JpegFrame.Component only = scan.parts.get(0).component;
    int across = alone ? frame.blocksAcross(only) : frame.unitsAcross();
    int down = alone ? frame.blocksDown(only) : frame.unitsDown();
    endOfBand = 0;
    int untilRestart = interval;
    int restarts = 0;
    for (int y = 0; y < down; y++) {
      for (int x = 0; x < across; x++) {
        if (interval > 0 && untilRestart == 0) {
          if (!bits.restart(restarts++ & 7)) {
            // Where restarts are missing, libjpeg searches for them.
            lost(bits, down - y);
            return;
          }
          endOfBand = 0;
          untilRestart = interval;
        }
        untilRestart--;
        boolean known = alone ? block(scan, scan.parts.get(0), bits, x, y) : unit(scan, bits, x, y);
        if (!known) {
          clean = false;
          return;
        }
        if (bits.exhausted()) {
          lost(bits, down - y);
          return;
        }
      }
    }
    clean &= bits.atEnd();
  }

  private void lost(JpegBits bits, int rows) {
    clean = false;
    if (bits.cut()) {
      cut = true;
      // In the last row of units a decoder may have lost its way by one wrong bit.
      rowsCut = rows > 1;
    }
  }

  private boolean unit(Scan scan, JpegBits bits, int x, int y) {
    for (Part part : scan.parts) {
      JpegFrame.Component component = part.component;
      for (int v = 0; v < component.down(); v++) {
        for (int h = 0; h < component.across(); h++) {
          if (!block(scan, part, bits, x * component.across() + h, y * component.down() + v)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /**
   * Reads a block; returns false where the bits are no code, and nothing after them has a place.
   */
  private boolean block(Scan scan, Part part, JpegBits bits, int x, int y) {
    if (!frame.progressive()) {
      return sequential(part.means, part.others, bits);
    } else if (scan.from == 0) {
      clean &= scan.to == 0;
      return scan.high > 0 ? bits.read(1) >= 0 : mean(part.means, bits);
    }
    JpegCodes codes = part.others;
    if (codes == null) {
      return false;
    }
    int component = part.place;
    long[] blocks = blocks(component);
    int at = y * stride(component) + x;
    return scan.high == 0
        ? first(scan, codes, bits, blocks, at)
        : refine(scan, codes, bits, blocks, at);
  }

  private int stride(int component) {
    return frame.unitsAcross() * frame.components().get(component).across();
  }

  private long[] blocks(int component) {
    long[] blocks = set[component];
    if (blocks == null) {
      int down = frame.unitsDown() * frame.components().get(component).down();
      blocks = new long[stride(component) * down];
      set[component] = blocks;
    }
    return blocks;
  }

  private static boolean mean(@Nullable JpegCodes codes, JpegBits bits) {
    int size = codes == null ? -1 : codes.read(bits);
    if (size < 0 || size > 15) {
      return false;
    }
    bits.skip(size);
    return true;
  }

  private static boolean sequential(
      @Nullable JpegCodes mean, @Nullable JpegCodes codes, JpegBits bits) {
    if (codes == null || !mean(mean, bits)) {
      return false;
    }
    int k = 1;
    while (k < BLOCK) {
      int value = codes.read(bits);
      int size = value & 0xF;
      if (value < 0) {
        return false;
      } else if (size > 0) {
        k += (value >> 4) + 1;
        bits.skip(size);
      } else if (value == 0xF0) {
        k += 16;
      } else {
        break;
      }
    }
    return true;
  }

  /** A band's first scan. */
  private boolean first(Scan scan, JpegCodes codes, JpegBits bits, long[] blocks, int at) {
    if (endOfBand > 0) {
      endOfBand--;
      return true;
    }
    for (int k = scan.from; k <= scan.to; k++) {
      int value = codes.read(bits);
      int run = value >> 4;
      int size = value & 0xF;
      if (value < 0) {
        return false;
      } else if (size > 0) {
        k += run;
        bits.skip(size);
        blocks[at] |= 1L << (k & 63);
      } else if (run == 15) {
        k += 15;
      } else {
        endOfBand = (1L << run) - 1 + bits.read(run);
        break;
      }
    }
    return true;
  }

  /** A later scan: one more bit of each coefficient that is there, and new ones among them. */
  private boolean refine(Scan scan, JpegCodes codes, JpegBits bits, long[] blocks, int at) {
    int k = scan.from;
    if (endOfBand == 0) {
      for (; k <= scan.to; k++) {
        int value = codes.read(bits);
        int run = value >> 4;
        int size = value & 0xF;
        if (value < 0 || size > 1) {
          return false;
        } else if (size == 1) {
          bits.skip(1);
        } else if (run < 15) {
          endOfBand = (1L << run) + bits.read(run);
          break;
        }
        do {
          if ((blocks[at] >> k & 1) != 0) {
            bits.read(1);
          } else if (--run < 0) {
            break;
          }
          k++;
        } while (k <= scan.to);
        if (size == 1) {
          blocks[at] |= 1L << (k & 63);
        }
      }
    }
    if (endOfBand > 0) {
      if (k <= scan.to) {
        long band = (-1L << k) & (-1L >>> (63 - scan.to));
        bits.skipMany(Long.bitCount(blocks[at] & band));
      }
      endOfBand--;
    }
    return true;
  }
}
