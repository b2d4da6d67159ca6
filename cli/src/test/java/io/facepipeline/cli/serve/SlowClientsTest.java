package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever sends or reads slowly, or not at all, keeps nobody else waiting. */
final class SlowClientsTest {
  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");

  /** More than the server has threads. */
  private static final int MANY = 24;

  private final List<Socket> clients = new ArrayList<>();
  private FaceServer server = start(UploadReader.Pace.USUAL, DefaultModels.mtcnn().build());

  private static FaceServer start(UploadReader.Pace pace, FaceDetector detector) {
    var embedder = DefaultModels.embedder(EmbedderOptions.defaults());
    FacePipeline pipeline =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .classifier(Gallery.inMemory(embedder.card()))
            .build();
    return FaceServer.start(
        pipeline, new FaceServer.Options("127.0.0.1", 0, Set.of(), 1_000_000, 2), pace);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    server.close();
  }

  private Socket client(String request) throws IOException {
    Socket client = new Socket();
    clients.add(client);
    client.setReceiveBufferSize(4096); // what is not read soon stops the sender
    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    write(client, request);
    return client;
  }

  private static void write(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String upload(int length) {
    return "POST /api/faces HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static String all(Socket client) throws IOException {
    return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private HttpResponse<String> send(Function<HttpRequest.Builder, HttpRequest.Builder> request)
      throws Exception {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/faces"))
            .timeout(Duration.ofSeconds(60));
    return HttpClient.newHttpClient().send(request.apply(builder).build(), BodyHandlers.ofString());
  }

  private void assertServed() throws Exception {
    HttpResponse<String> answer = send(request -> request.POST(ofAda()));
    assertEquals(200, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("\"score\""), answer.body());
  }

  @Test
  void photosThatDripInKeepNobodyWaiting() throws Exception {
    ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
    try {
      for (int i = 0; i < MANY; i++) {
        Socket client = client(upload(100_000));
        var unused =
            drip.scheduleAtFixedRate(
                () -> {
                  try {
                    write(client, "x");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e); // this client drips no more
                  }
                },
                0,
                1,
                TimeUnit.SECONDS);
      }
      assertServed();
      assertServed();
    } finally {
      drip.shutdownNow();
    }
  }

  @Test
  void whatDripsInOfABodyThatNobodyWantsKeepsNobodyWaiting() throws Exception {
    for (int i = 0; i < MANY; i++) {
      client(upload(100_000).replace("POST /api/faces", i % 2 == 0 ? "GET /" : "POST /nothing"));
      client(upload(100_000).replace("POST /api/faces", "POST /api/people?label=x&face=0"));
      client(upload(100_000).replace("Host: localhost", "Host: evil.example"));
    }
    assertServed();
  }

  @Test
  void answersThatNobodyReadsKeepNobodyWaiting() throws Exception {
    String pages = "GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
    for (int i = 0; i < MANY; i++) {
      client(pages);
    }
    assertServed();
  }

  @Test
  void connectionsThatSayNothingKeepNobodyWaiting() throws Exception {
    for (int i = 0; i < 300; i++) {
      client(i % 2 == 0 ? "" : "POST /api/fa");
    }
    assertServed();
  }

  @Test
  void aPhotoThatComesTooSlowlyIsRefused() throws Exception {
    server.close();
    server = start(new UploadReader.Pace(50, 1_000_000, 60_000), DefaultModels.mtcnn().build());
    Socket client = client(upload(100_000) + "some of it");
    String answer = all(client); // the server ends the connection
    assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
    assertTrue(answer.contains("\"error\":\"the photo comes too slowly: 10 bytes"), answer);
    assertServed();
  }

  @Test
  void thePaceIsAnAverageAfterAGraceAndATotal() {
    UploadReader.Pace pace = new UploadReader.Pace(5_000, 1_000, 60_000);
    assertTrue(!pace.isTooSlow(0, 5_000));
    assertTrue(pace.isTooSlow(4_999, 5_001));
    assertTrue(!pace.isTooSlow(6_000, 6_000));
    assertTrue(pace.isTooSlow(1_000_000_000, 60_001));
  }

  @Test
  void aSocketThatIsClosedHalfWayGetsItsAnswer() throws Exception {
    byte[] photo = Files.readAllBytes(ADA);
    Socket whole =
        client(upload(photo.length).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    whole.getOutputStream().write(photo);
    whole.shutdownOutput();
    assertTrue(all(whole).startsWith("HTTP/1.1 200 "));

    Socket half = client(upload(photo.length));
    half.getOutputStream().write(photo, 0, photo.length / 2);
    half.shutdownOutput();
    String answer = all(half);
    assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400 "), answer);
    assertServed();
  }

  @Test
  void aRequestWithoutABodyIsToldSo() throws Exception {
    HttpResponse<String> answer = send(request -> request.POST(BodyPublishers.noBody()));
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("the request has no body; send a photo"), answer.body());
    Socket client =
        client("POST /api/faces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertTrue(all(client).startsWith("HTTP/1.1 400 "));
  }

  @Test
  void whatIsMalformedIsToldSoToo() throws Exception {
    String answer =
        all(client("GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    assertTrue(
        !JsonParser.parseString(body).getAsJsonObject().get("error").getAsString().isBlank());
  }

  @Test
  void anErrorIsAnsweredAndLoggedAndTheTurnIsGivenBack() throws Exception {
    server.close();
    server =
        start(
            UploadReader.Pace.USUAL,
            new FaceDetector() {
              @Override
              public List<Face> detect(Image image) {
                throw new OutOfMemoryError("in this test");
              }

              @Override
              public void close() {}
            });
    String logged =
        logged(
            () -> {
              for (int i = 0; i < 5; i++) { // more often than there are turns
                HttpResponse<String> answer = send(request -> request.POST(ofAda()));
                assertEquals(500, answer.statusCode());
                String error =
                    JsonParser.parseString(answer.body())
                        .getAsJsonObject()
                        .get("error")
                        .getAsString();
                assertTrue(error.contains("out of memory"), error);
              }
            });
    assertTrue(logged.contains("OutOfMemoryError: in this test"), logged);
  }

  @Test
  void malformedRequestsAreRefusedAndLeaveTheLogAlone() throws Exception {
    String logged =
        logged(
            () -> {
              for (String host : List.of("", "local host", "a:b", "[a", "a\r\nHost: b")) {
                String answer =
                    all(
                        client(
                            "GET / HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"));
                assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
              }
            });
    assertEquals("", logged);
  }

  private static String logged(Work work) throws Exception {
    PrintStream usual = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(usual);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  /** What may fail. */
  private interface Work {
    void run() throws Exception;
  }

  private static HttpRequest.BodyPublisher ofAda() {
    try {
      return BodyPublishers.ofFile(ADA);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
