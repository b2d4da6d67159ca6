package io.facepipeline.training.embedder;

/** Shrinks a crop of 112x112 to 80x80 by area, as the compact network itself does. */
final class AreaShrink {
  /** The side of what it gives. */
  static final int SIDE = 80;

  private static final int FROM = 112;
  private static final int TO = SIDE;
  private static final int CHANNELS = 3;
  private static final double STEP = (double) FROM / TO;

  private AreaShrink() {}

  static byte[] shrink(byte[] rgb) {
    float[] rows = new float[TO * FROM * CHANNELS];
    for (int to = 0; to < TO; to++) {
      for (int from = (int) (to * STEP); from < Math.min(FROM, (to + 1) * STEP); from++) {
        float share = share(to, from);
        for (int i = 0; i < FROM * CHANNELS; i++) {
          rows[to * FROM * CHANNELS + i] += share * (rgb[from * FROM * CHANNELS + i] & 0xFF);
        }
      }
    }
    byte[] small = new byte[TO * TO * CHANNELS];
    for (int to = 0; to < TO; to++) {
      int first = (int) (to * STEP);
      int end = (int) Math.min(FROM, Math.ceil((to + 1) * STEP));
      for (int y = 0; y < TO; y++) {
        for (int c = 0; c < CHANNELS; c++) {
          float sum = 0;
          for (int from = first; from < end; from++) {
            sum += share(to, from) * rows[(y * FROM + from) * CHANNELS + c];
          }
          small[(y * TO + to) * CHANNELS + c] = (byte) Math.min(255, Math.round(sum));
        }
      }
    }
    return small;
  }

  private static float share(int to, int from) {
    double overlap = Math.min(from + 1, (to + 1) * STEP) - Math.max(from, to * STEP);
    return (float) (Math.max(0, overlap) / STEP);
  }
}
