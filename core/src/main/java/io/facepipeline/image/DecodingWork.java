package io.facepipeline.image;

import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;

/** How much a decoder may have to do for the bytes of a picture. */
final class DecodingWork {
  private static final long FREE_BYTES = 80_000_000L;
  private static final int SAMPLES_PER_BYTE = 4;

  private DecodingWork() {}

  /** Refuses a picture that asks a decoder to write too much for the bytes that it has. */
  static void requireWork(ReadOptions options, long decodedBytes, long encodedBytes, String name) {
    if (decodedBytes > allowed(options, encodedBytes)) {
      throw tooMuch(options, name, decodedBytes + " bytes", encodedBytes);
    }
  }

  /** Refuses a picture whose scans have too many samples for the bytes that it has. */
  static void requireScans(ReadOptions options, long samples, long encodedBytes, String name) {
    if (samples > SAMPLES_PER_BYTE * allowed(options, encodedBytes)) {
      throw tooMuch(options, name, samples + " samples in its scans", encodedBytes);
    }
  }

  private static long allowed(ReadOptions options, long encodedBytes) {
    return Math.max(FREE_BYTES, options.maxExpansion() * encodedBytes);
  }

  private static ImageException tooMuch(
      ReadOptions options, String name, String work, long encodedBytes) {
    return new ImageException(
        name,
        ImageException.Reason.TOO_LARGE,
        "asks to decode "
            + work
            + " from "
            + encodedBytes
            + " bytes, over the limit of "
            + options.maxExpansion()
            + " for each; raise ReadOptions.maxExpansion if the picture is trusted");
  }
}
