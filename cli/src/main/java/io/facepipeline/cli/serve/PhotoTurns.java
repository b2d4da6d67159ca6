package io.facepipeline.cli.serve;

import io.facepipeline.Image;
import io.facepipeline.ReadOptions;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Lets so many requests work at once, the others in the order in which they came. Thread-safe. */
final class PhotoTurns {
  private static final long MAX_PIXELS = 50_000_000;
  private static final int PATIENCE_SECONDS = 20;

  private final ReadOptions limits;
  private final Semaphore turns;

  /**
   * @param maxUploadBytes the largest size of a photo
   * @param atOnce how many photos are looked at at the same time
   */
  PhotoTurns(long maxUploadBytes, int atOnce) {
    limits = ReadOptions.defaults().withMaxEncodedBytes(maxUploadBytes).withMaxPixels(MAX_PIXELS);
    turns = new Semaphore(atOnce, true);
  }

  long maxUploadBytes() {
    return limits.maxEncodedBytes();
  }

  /** Works on the photo of a request when its turn has come. */
  <T> T with(Context context, Function<Image, T> work) {
    // The whole body is there before a turn is waited for.
    byte[] body = body(context, "a photo");
    return inTurn(() -> work.apply(Image.read(body, limits)));
  }

  /** The body of a request. */
  static byte[] body(Context context, String wanted) {
    byte[] body = context.attribute(UploadReader.BODY);
    if (body == null || body.length == 0) {
      throw new RefusedException(HttpStatus.BAD_REQUEST, "the request has no body; send " + wanted);
    }
    return body;
  }

  /** Works when a turn has come. */
  <T> T inTurn(Supplier<T> work) {
    try {
      if (!turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new RefusedException(
            HttpStatus.SERVICE_UNAVAILABLE, "too many photos at once; try again in a moment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(HttpStatus.SERVICE_UNAVAILABLE, "the server is stopping");
    }
    try {
      return work.get();
    } finally {
      turns.release();
    }
  }
}
