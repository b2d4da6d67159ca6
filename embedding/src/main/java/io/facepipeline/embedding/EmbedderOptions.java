package io.facepipeline.embedding;

import io.facepipeline.AlignedFace;
import io.facepipeline.onnx.OnnxOptions;
import java.util.List;
import java.util.Locale;
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
          Precision.FLOAT32,
          List.of());

  /** The numbers that a network computes with. */
  public enum Precision {
    /** Floats of 32 bits. */
    FLOAT32,

    /**
     * Bytes: weights per output channel, values between layers in ranges measured on faces. Faster,
     * with embeddings that are close to those of {@link #FLOAT32} but not the same: the card's id
     * ends with {@code -int8}, and galleries do not mix the two. A network that takes longer in
     * bytes on this processor runs in {@link #FLOAT32} under its own id, and a warning is logged;
     * both are timed when the model is first quantized, and the result is kept in the cache.
     */
    INT8;

    /** {@return the name in lower case} */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final boolean mirrored;
  private final int batchSize;
  private final OnnxOptions.Provider provider;
  private final int threads;
  private final Precision precision;
  private final List<AlignedFace> calibration;

  private EmbedderOptions(
      boolean mirrored,
      int batchSize,
      OnnxOptions.Provider provider,
      int threads,
      Precision precision,
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
    this.precision = Objects.requireNonNull(precision, "the precision must not be null");
    this.calibration = List.copyOf(calibration);
    if (precision == Precision.INT8 && !provider.equals(OnnxOptions.Provider.CPU)) {
      throw new IllegalArgumentException(
          "int8 is for the cpu, got the provider " + provider + "; use float32 there");
    }
  }

  /** {@return no mirroring, batches of 8, the CPU, a thread per processor, and float32} */
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
    return new EmbedderOptions(newMirrored, batchSize, provider, threads, precision, calibration);
  }

  /**
   * {@return these options with another batch size}
   *
   * @param newBatchSize 1 to 256
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withBatchSize(int newBatchSize) {
    return new EmbedderOptions(mirrored, newBatchSize, provider, threads, precision, calibration);
  }

  /**
   * {@return these options with another execution provider}
   *
   * @param newProvider the execution provider
   */
  public EmbedderOptions withProvider(OnnxOptions.Provider newProvider) {
    return new EmbedderOptions(mirrored, batchSize, newProvider, threads, precision, calibration);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param newThreads 1 to 1024
   * @throws IllegalArgumentException if it is out of range
   */
  public EmbedderOptions withThreads(int newThreads) {
    return new EmbedderOptions(mirrored, batchSize, provider, newThreads, precision, calibration);
  }

  /** {@return the numbers that the network computes with} */
  public Precision precision() {
    return precision;
  }

  /** {@return the crops to calibrate {@link Precision#INT8} with; empty for the ones inside} */
  public List<AlignedFace> calibration() {
    return calibration;
  }

  /**
   * {@return these options with another precision} A file that is int8 already runs as it is.
   *
   * @param newPrecision the precision
   * @throws IllegalArgumentException if it is int8 and the provider is not the CPU
   */
  public EmbedderOptions withPrecision(Precision newPrecision) {
    return new EmbedderOptions(mirrored, batchSize, provider, threads, newPrecision, calibration);
  }

  /**
   * {@return these options with other crops to calibrate {@link Precision#INT8} with} By default
   * these are 32 faces of the sample album; about as many of your photos may suit unusual ones
   * better.
   *
   * @param crops faces, cut by the embedder's own {@code crop()}; empty for the ones inside
   */
  public EmbedderOptions withCalibration(List<AlignedFace> crops) {
    return new EmbedderOptions(mirrored, batchSize, provider, threads, precision, crops);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbedderOptions options
        && options.mirrored == mirrored
        && options.batchSize == batchSize
        && options.provider.equals(provider)
        && options.threads == threads
        && options.precision == precision
        && options.calibration.equals(calibration);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mirrored, batchSize, provider, threads, precision, calibration);
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
        + (precision == Precision.FLOAT32 ? "" : " in " + precision);
  }
}
