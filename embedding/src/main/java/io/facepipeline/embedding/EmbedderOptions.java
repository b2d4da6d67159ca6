package io.facepipeline.embedding;

import io.facepipeline.onnx.OnnxOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How an embedder runs its model. Immutable; equal if all settings are equal. */
public final class EmbedderOptions {
  private static final int MAX_BATCH = 256;
  private static final int MAX_THREADS = 1024;
  private static final EmbedderOptions DEFAULTS =
      new EmbedderOptions(
          false, 8, OnnxOptions.Provider.CPU, Runtime.getRuntime().availableProcessors());

  private final boolean mirrored;
  private final int batchSize;
  private final OnnxOptions.Provider provider;
  private final int threads;

  private EmbedderOptions(
      boolean mirrored, int batchSize, OnnxOptions.Provider provider, int threads) {
    if (batchSize < 1 || batchSize > MAX_BATCH) {
      throw new IllegalArgumentException(
          "the batch size must be between 1 and " + MAX_BATCH + ", got " + batchSize);
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads must be between 1 and " + MAX_THREADS + ", got " + threads);
    }
    this.mirrored = mirrored;
    this.batchSize = batchSize;
    this.provider = Objects.requireNonNull(provider, "the execution provider must not be null");
    this.threads = threads;
  }

  /** {@return no mirroring, batches of 8, the CPU, and a thread per processor} */
  public static EmbedderOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return whether each crop is also embedded mirrored, and the features added (test-time
   * augmentation): twice the work for slightly better accuracy}
   */
  public boolean mirrored() {
    return mirrored;
  }

  /** {@return the largest batch, in crops} */
  public int batchSize() {
    return batchSize;
  }

  /** {@return the execution provider} */
  public OnnxOptions.Provider provider() {
    return provider;
  }

  /**
   * {@return the largest number of threads per batch; a network of small operations runs on one
   * thread each and processes parts of the batch in parallel}
   */
  public int threads() {
    return threads;
  }

  /**
   * {@return these options with or without mirroring}
   *
   * @param newMirrored whether each crop is also embedded mirrored
   */
  public EmbedderOptions withMirrored(boolean newMirrored) {
    return new EmbedderOptions(newMirrored, batchSize, provider, threads);
  }

  /**
   * {@return these options with another batch size}
   *
   * @param newBatchSize 1 to 256
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withBatchSize(int newBatchSize) {
    return new EmbedderOptions(mirrored, newBatchSize, provider, threads);
  }

  /**
   * {@return these options with another execution provider}
   *
   * @param newProvider the execution provider
   */
  public EmbedderOptions withProvider(OnnxOptions.Provider newProvider) {
    return new EmbedderOptions(mirrored, batchSize, newProvider, threads);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param newThreads 1 to 1024
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withThreads(int newThreads) {
    return new EmbedderOptions(mirrored, batchSize, provider, newThreads);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbedderOptions options
        && options.mirrored == mirrored
        && options.batchSize == batchSize
        && options.provider.equals(provider)
        && options.threads == threads;
  }

  @Override
  public int hashCode() {
    return Objects.hash(mirrored, batchSize, provider, threads);
  }

  @Override
  public String toString() {
    return (mirrored ? "mirrored too, " : "")
        + "batches of "
        + batchSize
        + " on "
        + provider
        + " with "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }
}
