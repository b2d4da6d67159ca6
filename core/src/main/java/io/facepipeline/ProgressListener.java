package io.facepipeline;

/** Is told how far long work has come. Called from the pipeline's workers, one call at a time. */
@FunctionalInterface
public interface ProgressListener {
  /** Listens to nothing. */
  ProgressListener NONE = (done, total, item) -> {};

  /**
   * Another item is done.
   *
   * @param done how many are done
   * @param total how many there are
   * @param item the item that was just done
   */
  void progress(long done, long total, String item);
}
