package io.facepipeline.onnx.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP/1.1 server that does what the test says, right or wrong, byte by byte. The n-th request
 * gets the n-th answer, later ones the last.
 */
final class ScriptedServer implements AutoCloseable {
  /** A request's path and its headers, by lower-case name. */
  record Request(String path, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** Writes an answer; the connection is closed afterwards. */
  @FunctionalInterface
  interface Answer {
    void to(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final List<Answer> answers;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  ScriptedServer(Answer... answers) throws IOException {
    this.answers = List.of(answers);
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread acceptor = new Thread(this::accept, "scripted server");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
  }

  List<Request> requests() {
    return requests;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread worker = new Thread(() -> serve(connection), "scripted answer");
        worker.setDaemon(true);
        worker.start();
      } catch (IOException e) {
        if (!socket.isClosed()) {
          failures.add(e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      Map<String, String> headers = new TreeMap<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
      }
      Request request = new Request(first.split(" ", -1)[1], headers);
      Answer answer;
      synchronized (this) {
        answer = answers.get(Math.min(requests.size(), answers.size() - 1));
        requests.add(request);
      }
      answer.to(request, connection.getOutputStream());
    } catch (IOException e) {
      // A client that has had enough hangs up, as some of the tests want it to.
      failures.add(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A response's head. */
  static void head(OutputStream out, String status, String... headers) throws IOException {
    String text =
        "HTTP/1.1 "
            + status
            + "\r\n"
            + String.join("\r\n", headers)
            + "\r\nConnection: close\r\n\r\n";
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Serves a file as a good server does, ranges and validators included. */
  static Answer file(byte[] content, String tag) {
    return (request, out) -> {
      String range = request.header("range");
      boolean same = request.header("if-range").equals(tag);
      if (range.isEmpty() || !same) {
        head(out, "200 OK", "Content-Length: " + content.length, "ETag: " + tag);
        out.write(content);
        return;
      }
      int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
      head(
          out,
          "206 Partial Content",
          "Content-Length: " + (content.length - from),
          "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length,
          "ETag: " + tag);
      out.write(content, from, content.length - from);
    };
  }

  /** Says that all comes and breaks off. */
  static Answer dropsAfter(int bytes, byte[] content, String tag) {
    return (request, out) -> {
      head(out, "200 OK", "Content-Length: " + content.length, "ETag: " + tag);
      out.write(content, 0, bytes);
      out.flush();
    };
  }

  /** Only says no. */
  static Answer status(String status, String... headers) {
    return (request, out) -> head(out, status, headers);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
