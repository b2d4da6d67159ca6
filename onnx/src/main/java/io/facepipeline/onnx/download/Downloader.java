package io.facepipeline.onnx.download;

import com.google.common.base.Throwables;
import io.facepipeline.flight.FlightRecord;
import io.facepipeline.flight.FlightRecord.Kind;
import io.facepipeline.onnx.cache.Disk;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Brings files over HTTP into a {@link PartialFile}: resumes with Range and If-Range (RFC 9110),
 * gives up on a server that stalls, retries with growing pauses, and follows redirects but for
 * those from HTTPS to HTTP. Nobody else may work on the same target meanwhile.
 */
public final class Downloader {
  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private @Nullable HttpClient client;
  private final Disk disk;
  private final Duration stallTimeout;
  private final int attempts;
  private final Duration firstPause;

  public Downloader(Disk disk, Duration stallTimeout, int attempts, Duration firstPause) {
    this.disk = disk;
    this.stallTimeout = stallTimeout;
    this.attempts = attempts;
    this.firstPause = firstPause;
  }

  /** Made when first needed: most stores never download, and a client starts a thread. */
  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NORMAL)
              .connectTimeout(stallTimeout)
              .build();
    }
    return client;
  }

  /** A failure after which another attempt may do better, and how long to wait at least. */
  private static final class Interrupted extends IOException {
    final Duration pause;

    Interrupted(String message, Duration pause) {
      super(message);
      this.pause = pause;
    }
  }

  /**
   * Downloads until the part is whole and on the disk.
   *
   * @return whether bytes of an earlier download are part of it, which may not belong together
   */
  public boolean download(Transfer transfer, PartialFile part) throws IOException {
    long before = part.size();
    FlightRecord record = FlightRecord.begin(Kind.DOWNLOAD).by(transfer.name());
    try {
      boolean joined = downloadUnwatched(transfer, part);
      record.bytes(joined ? part.size() - before : part.size());
      return joined;
    } catch (IOException | RuntimeException | Error e) {
      record.failed(e);
      throw e;
    } finally {
      record.end();
    }
  }

  private boolean downloadUnwatched(Transfer transfer, PartialFile part) throws IOException {
    Duration pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(transfer, part);
      } catch (WriteException e) {
        throw e.problem;
      } catch (IOException e) {
        if (attempt == attempts) {
          throw new ModelStoreException(
              Reason.DOWNLOAD,
              transfer.from()
                  + " could not be downloaded in "
                  + attempts
                  + " attempts, the last failed with: "
                  + e.getMessage()
                  + "; try again later"
                  + (part.size() > 0 ? ": it continues from byte " + part.size() : ""),
              e);
        }
        Duration asked = e instanceof Interrupted i ? i.pause : Duration.ZERO;
        sleep(asked.compareTo(pause) > 0 ? asked : pause, transfer);
        pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
      } catch (InterruptedException e) {
        throw interrupted(transfer, e);
      }
    }
  }

  /** The disk's failure, which no other attempt mends. */
  private static final class WriteException extends IOException {
    final transient RuntimeException problem;

    WriteException(RuntimeException problem) {
      super(problem);
      this.problem = problem;
    }
  }

  private boolean attempt(Transfer transfer, PartialFile part)
      throws IOException, InterruptedException {
    String validator = part.validator(transfer.from());
    long have = validator.isEmpty() ? 0 : part.size();
    if (have > 0 && have == transfer.size()) {
      return true; // it was whole but not yet published
    }
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
        send(request(transfer.from(), have, validator));
    try (ResponseBytes body = new ResponseBytes(stallTimeout)) {
      response.body().subscribe(body);
      int status = response.statusCode();
      if (status == PARTIAL_CONTENT && have > 0) {
        requireContinuation(response, part, have, validator);
      } else if (status == OK) {
        have = 0;
        part.start(transfer.from(), validator(response));
      } else {
        throw refused(transfer, part, status, response);
      }
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      long total = length < 0 ? -1 : have + length;
      if (transfer.size() > 0 && total >= 0 && total != transfer.size()) {
        part.delete();
        throw new ModelStoreException(
            Reason.INTEGRITY,
            transfer.from()
                + " has "
                + total
                + " bytes where "
                + transfer.size()
                + " were published; the file has changed, so it is not used");
      }
      requireRoom(transfer, part, (total < 0 ? transfer.size() : total) - have);
      receive(transfer, part, body, have, total);
      return have > 0;
    }
  }

  private static HttpRequest request(URI from, long have, String validator) {
    HttpRequest.Builder request = HttpRequest.newBuilder(from).header("User-Agent", "facepipeline");
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-").header("If-Range", validator);
    }
    return request.build();
  }

  private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer =
        client().sendAsync(request, HttpResponse.BodyHandlers.ofPublisher());
    try {
      return answer.get(stallTimeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable told = e.getCause();
      Throwable cause = told == null ? e : told;
      throw new IOException(noAnswer(cause), cause);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer within " + stallTimeout.toMillis() + " ms");
    } finally {
      answer.cancel(true); // without effect once it is there
    }
  }

  /** The HTTP client says nothing itself when a host cannot be reached or does not exist. */
  private static String noAnswer(Throwable cause) {
    if (cause.getMessage() != null) {
      return "no answer: " + cause.getMessage();
    }
    boolean unknown = Throwables.getRootCause(cause) instanceof UnresolvedAddressException;
    return unknown
        ? "the host's name is not known; check the address and the network"
        : cause instanceof ConnectException
            ? "the host cannot be reached; check the network, and whether a proxy or a mirror is"
                + " needed"
            : "no answer (" + cause.getClass().getSimpleName() + ")";
  }

  /** A range may be of a file that has changed since: a server need not honour If-Range. */
  private static void requireContinuation(
      HttpResponse<?> response, PartialFile part, long have, String validator) throws IOException {
    String range = response.headers().firstValue("Content-Range").orElse("");
    String now = validator(response);
    if (!range.startsWith("bytes " + have + "-") || (!now.isEmpty() && !now.equals(validator))) {
      part.delete();
      throw new Interrupted(
          "the file on the server has changed, or the server sent another part than requested",
          Duration.ZERO);
    }
  }

  private static IOException refused(
      Transfer transfer, PartialFile part, int status, HttpResponse<?> response)
      throws IOException {
    if (status == RANGE_NOT_SATISFIABLE || status == PARTIAL_CONTENT) {
      part.delete();
      return new Interrupted("the received part cannot be used", Duration.ZERO);
    }
    if (status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= SERVER_ERROR) {
      String after = response.headers().firstValue("Retry-After").orElse("");
      Duration pause =
          after.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(after)) : Duration.ZERO;
      return new Interrupted("the origin answered " + status, min(pause, LONGEST_PAUSE));
    }
    throw new ModelStoreException(
        Reason.DOWNLOAD,
        transfer.from()
            + " answered "
            + status
            + " (after redirects: "
            + response.uri()
            + "); download it by hand and name its folder with --models or "
            + ModelStore.VARIABLE);
  }

  /** What tells versions of a file apart; a weak tag does not tell whether the bytes agree. */
  private static String validator(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> response.headers().firstValue("Last-Modified"))
        .orElse("");
  }

  private void requireRoom(Transfer transfer, PartialFile part, long needed) throws IOException {
    long free = disk.usable(transfer.folder());
    if (needed > free) {
      part.delete();
      throw ModelStoreException.diskFull(transfer.target(), needed, free, null);
    }
  }

  private void receive(
      Transfer transfer, PartialFile part, ResponseBytes body, long have, long total)
      throws IOException, InterruptedException {
    long done = have;
    long shown = total >= 0 || transfer.size() == 0 ? total : transfer.size();
    try (FileChannel out =
        FileChannel.open(
            part.content(),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      transfer.report(done, shown);
      for (List<ByteBuffer> got = body.next(); !got.isEmpty(); got = body.next()) {
        for (ByteBuffer bytes : got) {
          done += bytes.remaining();
          if (done > transfer.limit()) {
            part.delete();
            throw new ModelStoreException(
                Reason.INTEGRITY,
                transfer.from()
                    + " sends more than "
                    + transfer.limit()
                    + " bytes; the file has changed, so it is not used");
          }
          write(transfer, part, out, bytes, Math.max(shown - done, 0));
        }
        transfer.report(done, shown);
      }
      out.force(true);
    }
    if (transfer.size() > 0 && done < transfer.size()) {
      throw new Interrupted(
          "only " + done + " of " + transfer.size() + " bytes arrived", Duration.ZERO);
    }
  }

  private void write(
      Transfer transfer, PartialFile part, FileChannel out, ByteBuffer bytes, long rest)
      throws IOException {
    try {
      disk.write(out, bytes);
    } catch (IOException e) {
      long needed = rest + bytes.remaining();
      long free = disk.usable(transfer.folder());
      part.delete();
      throw new WriteException(
          Disk.saysFull(e) || free < bytes.remaining()
              ? ModelStoreException.diskFull(transfer.target(), needed, free, e)
              : new ModelStoreException(
                  Reason.CACHE,
                  transfer.target() + " cannot be written (" + e.getMessage() + ")",
                  e));
    }
  }

  private static void sleep(Duration pause, Transfer transfer) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(transfer, e);
    }
  }

  private static ModelStoreException interrupted(Transfer transfer, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ModelStoreException(
        Reason.DOWNLOAD, "the download of " + transfer.from() + " was interrupted", e);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
