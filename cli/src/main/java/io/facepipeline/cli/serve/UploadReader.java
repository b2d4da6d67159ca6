package io.facepipeline.cli.serve;

import io.javalin.http.HttpStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Takes the whole body of a request before anything is done for it. Neither a thread nor a photo's
 * turn waits for a body: bytes are taken as they come. A body that comes too slowly, is too large,
 * or for which there is no memory now is refused. Thread-safe.
 */
final class UploadReader extends Handler.Wrapper {
  /** The attribute of a request that holds its body, a {@code byte[]}. */
  static final String BODY = UploadReader.class.getName() + ".body";

  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final int MEMORY_SHARE = 4;

  /**
   * How long a body may take.
   *
   * @param grace milliseconds in which it may come at any pace
   * @param bytesPerSecond the least pace on average from then on
   * @param total milliseconds after which it must be there
   */
  record Pace(long grace, long bytesPerSecond, long total) {
    /** What any line that sends photos can do. */
    static final Pace USUAL = new Pace(5_000, 16 * 1024, 300_000);

    /** Whether a body that is not there yet has come too slowly. */
    boolean isTooSlow(long bytes, long millis) {
      return millis > total || (millis > grace && bytes * 1000 < bytesPerSecond * millis);
    }
  }

  private final RequestGuard guard;
  private final long maxBytes;
  private final Pace pace;
  private final AtomicLong held = new AtomicLong();
  private final long maxHeld;

  UploadReader(RequestGuard guard, long maxBytes, Pace pace) {
    this.guard = guard;
    this.maxBytes = maxBytes;
    this.pace = pace;
    // One photo of the largest size is always taken.
    maxHeld = Math.max(maxBytes, Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!WITH_BODY.contains(request.getMethod())) {
      return super.handle(request, response, callback);
    }
    try {
      guard.check(Request.getPathInContext(request), request.getHeaders()::get);
      if (request.getLength() > maxBytes) {
        throw tooLarge(request.getLength());
      }
    } catch (RefusedException e) {
      refuse(e.status(), e.getMessage(), request, response, callback);
      return true;
    }
    new Upload(request, response, callback).run();
    return true;
  }

  /**
   * Answers, and for a while throws away what still comes: to whoever sends, a connection closed in
   * the middle of the body looks like a failure of the line, and the answer is lost (RFC 9112,
   * section 9.6).
   */
  private void refuse(
      HttpStatus status,
      @Nullable String problem,
      Request request,
      Response response,
      Callback callback) {
    Failures.answer(
        status,
        problem,
        response,
        Callback.from(() -> new Rest(request, callback).run(), callback::failed));
  }

  private RefusedException tooLarge(long bytes) {
    return new RefusedException(
        HttpStatus.CONTENT_TOO_LARGE,
        "the photo has "
            + (bytes > maxBytes ? bytes : "more")
            + " bytes, over the limit of "
            + maxBytes);
  }

  /** One body on its way. */
  private final class Upload implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Scheduler scheduler;
    private final long start = System.nanoTime();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long taken;
    private Scheduler.@Nullable Task watch;
    private boolean ended;

    Upload(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback =
          Callback.from(
              callback,
              () -> {
                synchronized (Upload.this) {
                  held.addAndGet(-taken);
                  taken = 0;
                  bytes = new ByteArrayOutputStream(0);
                }
              });
      scheduler = request.getComponents().getScheduler();
      watchOn();
    }

    private synchronized void watchOn() {
      if (!ended) {
        watch =
            scheduler.schedule(this::watch, Math.min(pace.grace(), 1_000), TimeUnit.MILLISECONDS);
      }
    }

    private void watch() {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      long received;
      synchronized (this) {
        received = taken;
      }
      if (pace.isTooSlow(received, millis)) {
        refuse(
            HttpStatus.REQUEST_TIMEOUT,
            "the photo comes too slowly: "
                + received
                + " bytes in "
                + TimeUnit.MILLISECONDS.toSeconds(millis)
                + " seconds; at least "
                + pace.bytesPerSecond()
                + " a second are needed");
      } else {
        watchOn();
      }
    }

    /** Takes what is there, and comes back when there is more. */
    @Override
    public void run() {
      try {
        while (true) {
          Content.Chunk chunk = request.read();
          if (chunk == null) {
            request.demand(this);
            return;
          }
          if (Content.Chunk.isFailure(chunk)) {
            refuse(HttpStatus.BAD_REQUEST, "the upload ended before the photo was complete");
            return;
          }
          boolean last = chunk.isLast();
          try {
            take(chunk.getByteBuffer());
          } finally {
            chunk.release();
          }
          if (last) {
            pass();
            return;
          }
        }
      } catch (RefusedException e) {
        refuse(e.status(), e.getMessage());
      } catch (Throwable e) { // an Error too: whoever waits gets an answer
        if (end()) {
          Failures.fail(request, e, response, callback);
        }
      }
    }

    private synchronized void take(ByteBuffer part) {
      int more = part.remaining();
      if (taken + more > maxBytes) {
        throw tooLarge(0);
      }
      if (held.addAndGet(more) > maxHeld) {
        held.addAndGet(-more);
        throw new RefusedException(
            HttpStatus.SERVICE_UNAVAILABLE, "too many photos at once; try again in a moment");
      }
      taken += more;
      byte[] copy = new byte[more];
      part.get(copy);
      bytes.write(copy, 0, more);
    }

    private void pass() throws Exception {
      if (!end()) {
        return;
      }
      synchronized (this) {
        request.setAttribute(BODY, bytes.toByteArray());
        bytes = new ByteArrayOutputStream(0);
      }
      if (!UploadReader.super.handle(request, response, callback)) {
        Failures.answer(HttpStatus.NOT_FOUND, "there is nothing here", response, callback);
      }
    }

    private void refuse(HttpStatus status, @Nullable String problem) {
      if (end()) {
        UploadReader.this.refuse(status, problem, request, response, callback);
      }
    }

    /** Whether the body's end is only now decided: it is passed on or refused once. */
    private synchronized boolean end() {
      boolean first = !ended;
      ended = true;
      if (watch != null) {
        watch.cancel();
      }
      return first;
    }
  }

  /** What still comes of a refused body. */
  private final class Rest implements Runnable {
    private final Request request;
    private final Callback callback;
    private final Scheduler.Task end;
    private final AtomicBoolean ended = new AtomicBoolean();

    Rest(Request request, Callback callback) {
      this.request = request;
      this.callback = callback;
      end =
          request
              .getComponents()
              .getScheduler()
              .schedule(this::end, pace.grace(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
      while (!ended.get()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        chunk.release();
        if (chunk.isLast()) { // also the failure of whoever is gone
          end.cancel();
          end();
        }
      }
    }

    private void end() {
      if (ended.compareAndSet(false, true)) {
        callback.succeeded();
      }
    }
  }
}
