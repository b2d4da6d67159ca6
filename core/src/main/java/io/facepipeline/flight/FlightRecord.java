package io.facepipeline.flight;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import jdk.jfr.FlightRecorder;

/**
 * A piece of work that Flight Recorder is told of when it ends. Where nobody records this kind of
 * work, or the JVM has no recorder, {@link #begin} returns a record that keeps nothing. Not
 * thread-safe; to be ended by the thread that began it.
 */
public class FlightRecord {
  /** The kinds of work; each is an event of its own. */
  public enum Kind {
    READ,
    DETECT,
    ALIGN,
    EMBED,
    CLASSIFY,
    ATTRIBUTES,
    DOWNLOAD,
    GALLERY_WRITE
  }

  private static final FlightRecord NONE = new FlightRecord();
  private static final boolean PRESENT = isRecorderPresent();

  FlightRecord() {}

  /**
   * {@return a record of work that begins now}
   *
   * @param kind what is done
   */
  public static FlightRecord begin(Kind kind) {
    // Asking an event would load it and the recorder, for which a program that never records
    // should not wait.
    return PRESENT && FlightRecorder.isInitialized() ? RecordedWork.begin(kind, NONE) : NONE;
  }

  /** On the module path {@code jdk.jfr} is there only if something asks for it. */
  private static boolean isRecorderPresent() {
    Module own = FlightRecord.class.getModule();
    return ModuleLayer.boot().findModule("jdk.jfr").filter(own::canRead).isPresent();
  }

  /** {@return whether what is noted is kept} */
  public boolean isKept() {
    return false;
  }

  /**
   * Notes what did the work: a detector, a model, a file.
   *
   * @param by its text is noted
   * @return this
   */
  @CanIgnoreReturnValue
  public FlightRecord by(Object by) {
    return this;
  }

  /**
   * Notes the size of the picture.
   *
   * @param width in pixels
   * @param height in pixels
   * @return this
   */
  @CanIgnoreReturnValue
  public FlightRecord size(int width, int height) {
    return this;
  }

  /**
   * Notes how many faces the work was about.
   *
   * @param faces the number
   * @return this
   */
  @CanIgnoreReturnValue
  public FlightRecord faces(int faces) {
    return this;
  }

  /**
   * Notes how many bytes the work was about.
   *
   * @param bytes the number
   * @return this
   */
  @CanIgnoreReturnValue
  public FlightRecord bytes(long bytes) {
    return this;
  }

  /**
   * Notes that the work failed. Messages may name files and people, so only the type is kept.
   *
   * @param failure what was thrown
   * @return this
   */
  @CanIgnoreReturnValue
  public FlightRecord failed(Throwable failure) {
    return this;
  }

  /** Ends the work, and tells the recorder of it. */
  public void end() {}
}
