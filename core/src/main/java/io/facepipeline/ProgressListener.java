package io.facepipeline;

/** Gets the progress of long work. Called from the pipeline's workers, one call at a time. */
@FunctionalInterface
public interface ProgressListener {
  /** A listener that does nothing. */
  ProgressListener NONE = (done, total, item) -> {};

  /**
   * Another item is done.
   *
   * @param done the number of items done
   * @param total the number of items
   * @param item the item just done
   */
  void progress(long done, long total, String item);
}
