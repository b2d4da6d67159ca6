package io.facepipeline.gallery.search;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import io.facepipeline.gallery.memory.FaceCodes;
import java.util.Arrays;

/**
 * The most that the similarities of probes with rows can be, from the rows' codes. A bound is
 * certain: no similarity that {@link BlockScan} computes is above it.
 *
 * <p>With a row {@code o = c + r}, of code and rest, and a probe {@code q = p + s}, rounded to
 * integers and the rest, {@code qo = pc + sc + qr}. The first is computed from integers; the others
 * are at most {@code |s| |c|} and {@code |q| |r|}, since no product is above that of the lengths.
 *
 * <p>Bounds are integers, in a unit of the probe's. Two digits that stand 16 bits apart are
 * multiplied at once: {@code (a + b * 2^16) * (x * 2^16 + y)} has {@code ax + by} in its upper
 * half, less one if {@code ay} is below zero.
 *
 * <p>For one thread.
 */
final class CodeScan {
  private static final int PANEL = EmbeddingBlocks.PANEL;
  private static final int STEP = FaceCodes.STEP;
  private static final int DIGITS = FaceCodes.DIGITS;

  /** Pairs of digits that are multiplied at once, in an int. */
  private static final int PAIRS = DIGITS / 2;

  /** A probe's largest number, rounded: eight products of it with 15 fit into 16 bits. */
  private static final int LARGEST = 255;

  /** Sums lose so many bits before they are multiplied by a row's scale, to fit into an int. */
  private static final int DROPPED = 4;

  private static final int MASK = 0x000F000F;

  private final int words;
  private final int[][] sums;
  private final Probe[] probes;
  private final int[] tile = new int[STEP * PANEL];

  /**
   * A probe as integers.
   *
   * @param pairs what two digits of a row are multiplied by at once
   * @param offset what is added to a sum so that it is that of {@code digit - 7.5} and not too low
   * @param restFactor what the rest's length is multiplied by
   * @param constant what is added in the end
   * @param unit of the bounds
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Probe(int[] pairs, int offset, int restFactor, int constant, double unit) {}

  /**
   * Prepares a scan.
   *
   * @param probes unit vectors
   */
  CodeScan(int dimensions, float[][] probes) {
    this.words = FaceCodes.words(dimensions);
    this.sums = new int[probes.length][PANEL];
    this.probes = new Probe[probes.length];
    for (int p = 0; p < probes.length; p++) {
      this.probes[p] = probe(probes[p]);
    }
  }

  private Probe probe(float[] vector) {
    float largest = Float.MIN_NORMAL;
    for (float v : vector) {
      largest = Math.max(largest, Math.abs(v));
    }
    double step = (double) largest / LARGEST;
    int[] rounded = new int[words * DIGITS];
    long sum = 0;
    double square = 0;
    double restSquare = 0;
    for (int d = 0; d < vector.length; d++) {
      rounded[d] = (int) Math.rint(vector[d] / step);
      sum += rounded[d];
      double rest = vector[d] - rounded[d] * step;
      restSquare += rest * rest;
      square += (double) vector[d] * vector[d];
    }
    int[] pairs = new int[words * PAIRS];
    for (int w = 0; w < words; w++) {
      for (int i = 0; i < PAIRS; i++) {
        int d = w * DIGITS + i;
        pairs[w * PAIRS + i] = (rounded[d] << 16) + rounded[d + PAIRS];
      }
    }
    double unit = FaceCodes.SCALE_UNIT * step * (1 << DROPPED);
    double length = Math.sqrt(square);
    double restLength = Math.sqrt(restSquare);
    // A code is at most as long as its vector and its rest.
    double constant = restLength * (1 + FaceCodes.LENGTH_TOLERANCE) + slack(vector.length);
    return new Probe(
        pairs,
        (int) Math.ceil(words - 7.5 * sum),
        (int) Math.ceil((length + restLength) * FaceCodes.REST_UNIT / unit),
        (int) Math.ceil(constant / unit),
        unit);
  }

  /** More than the rounding of a similarity's sum, and of the numbers here, can make. */
  private static double slack(int dimensions) {
    return 1e-5 + dimensions * 3e-8;
  }

  /** A similarity in a probe's unit, rounded down; what is not above it has a bound not below. */
  long bound(int probe, float similarity) {
    return similarity == Float.NEGATIVE_INFINITY
        ? Long.MIN_VALUE
        : (long) Math.floor(similarity / probes[probe].unit);
  }

  /** Computes the bounds of a panel's rows, from an index on in each probe's array. */
  void bounds(FaceCodes codes, int panel, int[][] bounds, int offset) {
    for (int[] some : sums) {
      Arrays.fill(some, 0);
    }
    for (int w = 0; w < words; w += STEP) {
      codes.copy(panel, w, tile);
      for (int p = 0; p < probes.length; p++) {
        add(sums[p], tile, probes[p].pairs, w * PAIRS);
      }
    }
    codes.copy(panel, words, tile);
    for (int p = 0; p < probes.length; p++) {
      Probe probe = probes[p];
      finish(sums[p], tile, probe.offset, probe.restFactor, probe.constant, bounds[p], offset);
    }
  }

  private static void finish(
      int[] sums, int[] scales, int plus, int restFactor, int constant, int[] bounds, int offset) {
    for (int r = 0; r < PANEL; r++) {
      int s = scales[r];
      bounds[offset + r] =
          (s >>> 16) * (((sums[r] + plus) >> DROPPED) + 1) + (s & 0xFFFF) * restFactor + constant;
    }
  }

  /**
   * Adds the products of 16 dimensions. A loop for each word: one for both would be too large for
   * vector instructions, and so would be more loops in this method.
   */
  private static void add(int[] sums, int[] c, int[] pairs, int at) {
    int p0 = pairs[at];
    int p1 = pairs[at + 1];
    int p2 = pairs[at + 2];
    int p3 = pairs[at + 3];
    for (int r = 0; r < PANEL; r++) {
      int w = c[r];
      sums[r] +=
          ((w & MASK) * p0
                  + ((w >>> 4) & MASK) * p1
                  + ((w >>> 8) & MASK) * p2
                  + ((w >>> 12) & MASK) * p3)
              >> 16;
    }
    int p4 = pairs[at + 4];
    int p5 = pairs[at + 5];
    int p6 = pairs[at + 6];
    int p7 = pairs[at + 7];
    for (int r = 0; r < PANEL; r++) {
      int w = c[PANEL + r];
      sums[r] +=
          ((w & MASK) * p4
                  + ((w >>> 4) & MASK) * p5
                  + ((w >>> 8) & MASK) * p6
                  + ((w >>> 12) & MASK) * p7)
              >> 16;
    }
  }
}
