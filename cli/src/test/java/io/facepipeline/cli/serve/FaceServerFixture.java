package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.FacePipeline;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A server of the default models, and a client. */
abstract class FaceServerFixture {
  static final int MAX_UPLOAD = 1_000_000;
  static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  static final Path OTHER_ADA = SharedData.album("people/ada/ada_2.jpg");
  static final Path NOBODY = SharedData.album("groups/nobody.jpg");
  static final HttpClient CLIENT = HttpClient.newHttpClient();
  static FaceServer server;

  @BeforeAll
  static void start() {
    server = FaceServer.start(FacePipeline.create(), options(0));
  }

  @AfterAll
  static void stop() {
    server.close();
    server.close(); // does no harm
  }

  @AfterEach
  void forgetEverybody() throws Exception {
    for (String label : labels(server)) {
      forget(server, label);
    }
  }

  static FaceServer.Options options(int port) {
    return new FaceServer.Options("127.0.0.1", port, Set.of(), MAX_UPLOAD, 2);
  }

  static HttpRequest.Builder request(FaceServer to, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path));
  }

  static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  static HttpResponse<String> forget(FaceServer by, String label)
      throws IOException, InterruptedException {
    String query = "label=" + URLEncoder.encode(label, StandardCharsets.UTF_8);
    return send(request(by, "/api/people?" + query).DELETE());
  }

  static HttpResponse<String> get(String path) throws Exception {
    return send(request(server, path));
  }

  static HttpResponse<String> post(FaceServer to, String path, BodyPublisher body)
      throws Exception {
    return send(request(to, path).POST(body));
  }

  static HttpResponse<String> post(String path, Path photo) throws Exception {
    return post(server, path, BodyPublishers.ofFile(photo));
  }

  static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  static JsonArray faces(Path photo) throws Exception {
    HttpResponse<String> response = post("/api/faces", photo);
    assertEquals(200, response.statusCode(), response.body());
    return json(response).getAsJsonArray("faces");
  }

  static List<String> labels(FaceServer of) throws Exception {
    JsonArray people = json(send(request(of, "/api/people"))).getAsJsonArray("people");
    return StreamSupport.stream(people.spliterator(), false)
        .map(person -> person.getAsJsonObject().get("label").getAsString())
        .toList();
  }

  static String error(HttpResponse<String> response) {
    return json(response).get("error").getAsString();
  }

  /** An answer to a request that no client would send. */
  static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
