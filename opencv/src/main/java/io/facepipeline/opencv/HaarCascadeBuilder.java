package io.facepipeline.opencv;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.internal.SetOnce;
import org.jspecify.annotations.Nullable;

/** Builds a {@link HaarCascadeDetector}. Not thread-safe. */
public final class HaarCascadeBuilder {
  private @Nullable Cascade cascade;
  private @Nullable Double scaleFactor;
  private @Nullable Integer neighbors;
  private @Nullable Integer minFaceSize;

  HaarCascadeBuilder() {}

  /**
   * Sets the cascade; the default is {@link Cascade#HAARCASCADE_FRONTALFACE_ALT2}.
   *
   * @param cascade the cascade
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public HaarCascadeBuilder cascade(Cascade cascade) {
    this.cascade = SetOnce.set("cascade", this.cascade, cascade);
    return this;
  }

  /**
   * Sets the ratio of one size of the photo to the next smaller one; the default is 1.1.
   *
   * @param scaleFactor more than 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is not more than 1
   */
  @CanIgnoreReturnValue
  public HaarCascadeBuilder scaleFactor(double scaleFactor) {
    if (!(scaleFactor > 1)) {
      throw new IllegalArgumentException(
          "the scale factor must be more than 1, got " + scaleFactor);
    }
    this.scaleFactor = SetOnce.set("scale factor", this.scaleFactor, scaleFactor);
    return this;
  }

  /**
   * Sets how many overlapping detections make a face; the default is 5.
   *
   * @param neighbors at least 0; higher is stricter
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is negative
   */
  @CanIgnoreReturnValue
  public HaarCascadeBuilder neighbors(int neighbors) {
    if (neighbors < 0) {
      throw new IllegalArgumentException("the neighbors must be at least 0, got " + neighbors);
    }
    this.neighbors = SetOnce.set("neighbours", this.neighbors, neighbors);
    return this;
  }

  /**
   * Sets the side of the smallest face in pixels; the default is 40.
   *
   * @param minFaceSize at least 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is not positive
   */
  @CanIgnoreReturnValue
  public HaarCascadeBuilder minFaceSize(int minFaceSize) {
    if (minFaceSize < 1) {
      throw new IllegalArgumentException(
          "the smallest face must be at least 1 pixel, got " + minFaceSize);
    }
    this.minFaceSize = SetOnce.set("smallest face", this.minFaceSize, minFaceSize);
    return this;
  }

  /**
   * {@return the detector; the caller closes it}
   *
   * @throws io.facepipeline.FacePipelineException if the cascades are not on the class path
   */
  public HaarCascadeDetector build() {
    return new HaarCascadeDetector(
        new HaarCascadeDetector.Settings(
            cascade == null ? Cascade.HAARCASCADE_FRONTALFACE_ALT2 : cascade,
            scaleFactor == null ? 1.1 : scaleFactor,
            neighbors == null ? 5 : neighbors,
            minFaceSize == null ? 40 : minFaceSize));
  }
}
