package io.facepipeline.embedding;

import io.facepipeline.AlignedFace;
import io.facepipeline.onnx.OnnxOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How an embedder runs its model. Immutable; equal if all settings are equal. */
public final class EmbedderOptions {
  private static final int MAX_BATCH = 256;
  private static final int MAX_THREADS = 1024;
  private static final EmbedderOptions DEFAULTS =
      new EmbedderOptions(
          false,
          8,
          OnnxOptions.Provider.CPU,
          Runtime.getRuntime().availableProcessors(),
          false,
          List.of());

  private final boolean mirrored;
  private final int batchSize;
  private final OnnxOptions.Provider provider;
  private final int threads;
  private final boolean int8;
  private final List<AlignedFace> calibration;

  private EmbedderOptions(
      boolean mirrored,
      int batchSize,
      OnnxOptions.Provider provider,
      int threads,
      boolean int8,
      List<AlignedFace> calibration) {
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
    this.int8 = int8;
    this.calibration = List.copyOf(calibration);
    if (int8 && !provider.equals(OnnxOptions.Provider.CPU)) {
      throw new IllegalArgumentException(
          "int8 is for the cpu, got the provider " + provider + "; use float32 there");
    }
  }

  /** {@return no mirroring, batches of 8, the CPU, a thread per processor, and no int8} */
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
    return new EmbedderOptions(newMirrored, batchSize, provider, threads, int8, calibration);
  }

  /**
   * {@return these options with another batch size}
   *
   * @param newBatchSize 1 to 256
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withBatchSize(int newBatchSize) {
    return new EmbedderOptions(mirrored, newBatchSize, provider, threads, int8, calibration);
  }

  /**
   * {@return these options with another execution provider}
   *
   * @param newProvider the execution provider
   */
  public EmbedderOptions withProvider(OnnxOptions.Provider newProvider) {
    return new EmbedderOptions(mirrored, batchSize, newProvider, threads, int8, calibration);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param newThreads 1 to 1024
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withThreads(int newThreads) {
    return new EmbedderOptions(mirrored, batchSize, provider, newThreads, int8, calibration);
  }

  /** {@return whether the network computes in bytes where that is faster} */
  public boolean int8() {
    return int8;
  }

  /** {@return the crops to calibrate int8 with; empty for the ones inside} */
  public List<AlignedFace> calibration() {
    return calibration;
  }

  /**
   * {@return these options with or without int8: bytes instead of floats of 32 bits, with a scale
   * per output channel for weights, and ranges measured on faces for the values between layers}
   *
   * <p>The embeddings are close to those of the float model but not the same: the card's id ends
   * with {@code -int8}, and galleries do not mix the two. A network that takes longer in int8 on
   * this processor runs in floats under its own id, and a warning is logged; both are timed when
   * the model is first quantized, and the result is kept in the cache. A file that is int8 already
   * ({@link ModelFile#quantize}) runs as it is, whatever is set here.
   *
   * @param newInt8 whether the network computes in bytes where that is faster
   * @throws IllegalArgumentException if it does and the provider is not the CPU
   */
  public EmbedderOptions withInt8(boolean newInt8) {
    return new EmbedderOptions(mirrored, batchSize, provider, threads, newInt8, calibration);
  }

  /**
   * {@return these options with other crops to calibrate int8 with} By default these are 32 faces
   * of the sample album; about as many of your photos may suit unusual ones better.
   *
   * @param crops faces, cut by the embedder's own {@code crop()}; empty for the ones inside
   */
  public EmbedderOptions withCalibration(List<AlignedFace> crops) {
    return new EmbedderOptions(mirrored, batchSize, provider, threads, int8, crops);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbedderOptions options
        && options.mirrored == mirrored
        && options.batchSize == batchSize
        && options.provider.equals(provider)
        && options.threads == threads
        && options.int8 == int8
        && options.calibration.equals(calibration);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mirrored, batchSize, provider, threads, int8, calibration);
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
        + (threads == 1 ? " thread" : " threads")
        + (int8 ? " in int8" : "");
  }
}
