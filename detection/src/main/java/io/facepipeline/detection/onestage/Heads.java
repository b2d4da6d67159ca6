package io.facepipeline.detection.onestage;

import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.MalformedModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The outputs of a one-stage detector, recognized by the last extent of each: 1 is a score, 2 the
 * scores of background and face, 4 a box, 10 five landmarks. Outputs of one kind are told apart by
 * the stride at the end of their names ({@code bbox_16}), else by their number of rows, else by
 * their order. One output of 15 planes is the library's own. Immutable.
 */
final class Heads {
  private static final Pattern STRIDE = Pattern.compile(".*_(\\d+)");
  private static final int[] STRIDES = {8, 16, 32, 64, 128};

  /** An output: its name, whether it has an extent for the batch, and the numbers per row. */
  record Head(String name, boolean hasBatch, int width) {}

  final Family family;

  /**
   * In the order of the decoder: for each stride score (YuNet: two of them), box and landmarks;
   * RetinaFace and Ultra-Light have one score, box and landmarks for all strides; the library's own
   * has all in one.
   */
  final List<Head> all;

  /** Pixels from one cell to the next, for each level of the network. */
  final int[] strides;

  /** How many boxes there are per cell, for each stride. */
  final int[] anchors;

  final boolean hasLandmarks;

  private Heads(Family family, List<Head> all, int[] strides, int[] anchors, boolean hasLandmarks) {
    this.family = family;
    this.all = List.copyOf(all);
    this.strides = strides;
    this.anchors = anchors;
    this.hasLandmarks = hasLandmarks;
  }

  /** Recognizes a network. */
  static Heads of(String model, Map<String, long[]> outputs) {
    if (outputs.size() == 1 && isScan(outputs.values().iterator().next())) {
      Head head = new Head(outputs.keySet().iterator().next(), true, ScanNetwork.NUMBERS);
      return new Heads(
          Family.SCAN,
          List.of(head),
          ScanNetwork.STRIDES.stream().mapToInt(stride -> stride).toArray(),
          filled(ScanNetwork.STRIDES.size(), 1),
          true);
    }
    List<Head> ones = ofWidth(outputs, 1);
    List<Head> twos = ofWidth(outputs, 2);
    List<Head> fours = ofWidth(outputs, 4);
    List<Head> tens = ofWidth(outputs, 10);
    int levels = fours.size();
    boolean known = ones.size() + twos.size() + levels + tens.size() == outputs.size();
    if (known && twos.isEmpty() && levels == 3 && ones.size() == 6 && tens.size() == 3) {
      return new Heads(
          Family.YUNET,
          perStride(levels, List.of(ones, fours, tens)),
          Arrays.copyOf(STRIDES, levels),
          filled(levels, 1),
          true);
    }
    if (known
        && twos.isEmpty()
        && (levels == 3 || levels == 5)
        && ones.size() == levels
        && (tens.isEmpty() || tens.size() == levels)) {
      List<List<Head>> kinds = tens.isEmpty() ? List.of(ones, fours) : List.of(ones, fours, tens);
      return new Heads(
          Family.SCRFD,
          perStride(levels, kinds),
          Arrays.copyOf(STRIDES, levels),
          filled(levels, levels == 3 ? 2 : 1),
          !tens.isEmpty());
    }
    if (known && ones.isEmpty() && levels == 1 && twos.size() == 1 && tens.size() <= 1) {
      boolean retinaFace = tens.size() == 1;
      List<Head> all = new ArrayList<>(List.of(twos.get(0), fours.get(0)));
      all.addAll(tens);
      return retinaFace
          ? new Heads(Family.RETINAFACE, all, Arrays.copyOf(STRIDES, 3), filled(3, 2), true)
          : new Heads(
              Family.ULTRA_LIGHT,
              all,
              Arrays.copyOf(STRIDES, 4),
              Family.ULTRA_LIGHT_BOXES.clone(),
              false);
    }
    throw new MalformedModelException(
        model
            + " has the outputs "
            + outputs.entrySet().stream()
                .map(e -> e.getKey() + Arrays.toString(e.getValue()))
                .collect(Collectors.joining(" "))
            + ", which are those of none of the one-stage detectors "
            + Family.names()
            + "; export it as its authors do");
  }

  /** Whether an output has the numbers of all cells in planes. */
  private static boolean isScan(long[] shape) {
    return shape.length == 3 && Math.abs(shape[0]) == 1 && shape[1] == ScanNetwork.NUMBERS;
  }

  private static int[] filled(int count, int value) {
    int[] all = new int[count];
    Arrays.fill(all, value);
    return all;
  }

  /** The outputs with so many numbers per row, those of the finest stride first. */
  private static List<Head> ofWidth(Map<String, long[]> outputs, int width) {
    List<Map.Entry<String, long[]>> found = new ArrayList<>();
    for (Map.Entry<String, long[]> output : outputs.entrySet()) {
      if (isOfWidth(output.getValue(), width)) {
        found.add(output);
      }
    }
    if (found.stream().allMatch(output -> STRIDE.matcher(output.getKey()).matches())) {
      found.sort(Comparator.comparingInt(output -> stride(output.getKey())));
    } else if (found.stream().allMatch(output -> rows(output.getValue()) > 0)) {
      found.sort(Comparator.comparingLong(output -> -rows(output.getValue())));
    } else if (found.size() == 6) {
      // Two scores per stride, first all of the one kind, then all of the other.
      found.addAll(List.of(0, 3, 1, 4, 2, 5).stream().map(found::get).toList());
      found.subList(0, 6).clear();
    }
    return found.stream()
        .map(output -> new Head(output.getKey(), output.getValue().length == 3, width))
        .toList();
  }

  private static boolean isOfWidth(long[] shape, int width) {
    return (shape.length == 2 || (shape.length == 3 && Math.abs(shape[0]) == 1))
        && shape[shape.length - 1] == width;
  }

  private static long rows(long[] shape) {
    return shape[shape.length - 2];
  }

  private static int stride(String name) {
    Matcher matcher = STRIDE.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** The first stride's outputs of each kind, then the second's. */
  private static List<Head> perStride(int levels, List<List<Head>> kinds) {
    List<Head> all = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      for (List<Head> kind : kinds) {
        int each = kind.size() / levels;
        all.addAll(kind.subList(level * each, (level + 1) * each));
      }
    }
    return all;
  }

  /** Inputs have sides that this divides, so that the cells of all strides fit. */
  int multiple() {
    return switch (family) {
      case YUNET, SCRFD, SCAN -> strides[strides.length - 1];
      case RETINAFACE, ULTRA_LIGHT -> 1;
    };
  }

  /** How many outputs belong to a stride, or to all strides where they are joined. */
  int perLevel() {
    return isJoined() ? all.size() : all.size() / strides.length;
  }

  boolean isJoined() {
    return family == Family.RETINAFACE || family == Family.ULTRA_LIGHT || isPlanar();
  }

  /** Whether each number of all rows lies together, instead of the numbers of each row. */
  private boolean isPlanar() {
    return family == Family.SCAN;
  }

  /** Whether an output's stated shape is that of one size of the input. */
  boolean statesRows(long[] shape) {
    return shape[isPlanar() ? shape.length - 1 : shape.length - 2] > 0;
  }

  /** How many rows an output has for an input of this size. */
  int rows(int head, int width, int height) {
    if (!isJoined()) {
      return rowsOf(head / perLevel(), width, height);
    }
    int rows = 0;
    for (int level = 0; level < strides.length; level++) {
      rows += rowsOf(level, width, height);
    }
    return rows;
  }

  private int rowsOf(int level, int width, int height) {
    int stride = strides[level];
    return anchors[level] * columns(width, stride) * columns(height, stride);
  }

  /** How many cells of a stride a side has; the last may be cut. */
  static int columns(int side, int stride) {
    return (side + stride - 1) / stride;
  }

  /** The shape of an output for an input of this size. */
  long[] shape(int head, int width, int height) {
    Head one = all.get(head);
    int rows = rows(head, width, height);
    if (isPlanar()) {
      return new long[] {1, one.width(), rows};
    }
    return one.hasBatch() ? new long[] {1, rows, one.width()} : new long[] {rows, one.width()};
  }
}
