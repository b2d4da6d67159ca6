package io.facepipeline.onnx.download;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, pulled piece by piece with a limit on each wait: the client's own timeout
 * ends with the headers, so a server that stalls later would be waited for without end.
 */
final class ResponseBytes implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  private record Event(List<ByteBuffer> buffers, boolean last, @Nullable Throwable failure) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Duration limit;
  private Flow.@Nullable Subscription subscription;
  private boolean ended;

  ResponseBytes(Duration limit) {
    this.limit = limit;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription s) {
    subscription = s;
    if (ended) {
      s.cancel();
    } else {
      s.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Event(buffers, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, null));
  }

  /**
   * {@return the next buffers; an empty list at the end}
   *
   * @throws HttpTimeoutException if none come in time
   */
  List<ByteBuffer> next() throws IOException, InterruptedException {
    if (ended) {
      return List.of();
    }
    Event event = events.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (event == null) {
      throw new HttpTimeoutException("nothing arrived for " + limit.toMillis() + " ms");
    }
    if (event.failure != null) {
      throw new IOException("the connection broke: " + event.failure, event.failure);
    }
    if (event.last) {
      ended = true;
    } else {
      request();
    }
    return event.buffers;
  }

  private synchronized void request() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
