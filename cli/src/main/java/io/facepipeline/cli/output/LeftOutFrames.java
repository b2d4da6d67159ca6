package io.facepipeline.cli.output;

import io.facepipeline.FacePipelineException;
import java.io.PrintWriter;

/** Frames of a video that cannot be read: the first few are named, and all are counted. */
public final class LeftOutFrames {
  private static final int NAMED = 10;

  private final PrintWriter err;
  private String first = "";
  private long count;

  public LeftOutFrames(PrintWriter err) {
    this.err = err;
  }

  /** Takes note of a frame, and tells why. */
  public void add(FacePipelineException problem) {
    String told = String.valueOf(problem.getMessage());
    first = count == 0 ? told : first;
    if (count++ < NAMED) {
      err.println("facepipeline: " + told);
    }
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** Says how many have not been named. */
  public void finish() {
    if (count > NAMED) {
      err.println(
          "facepipeline: " + Counted.of(count - NAMED, "more frame") + " cannot be read; left out");
    }
  }

  /** In a line. */
  @Override
  public String toString() {
    return count == 1
        ? first + "; it is left out"
        : count + " frames cannot be read and are left out; the first: " + first;
  }
}
