package io.facepipeline.cli.serve;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaceServerTest {
  private static final int MAX_UPLOAD = 1_000_000;

  /** Where a PNG's header begins with its type, and how long it is with it. */
  private static final int PNG_HEADER = 12;

  private static final int PNG_HEADER_LENGTH = 17;

  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  private static final Path OTHER_ADA = SharedData.album("people/ada/ada_2.jpg");
  private static final Path NOBODY = SharedData.album("groups/nobody.jpg");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static FaceServer server;

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

  private static FaceServer.Options options(int port) {
    return new FaceServer.Options("127.0.0.1", port, Set.of(), MAX_UPLOAD, 2);
  }

  private static HttpRequest.Builder request(FaceServer to, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> forget(FaceServer by, String label)
      throws IOException, InterruptedException {
    String query = "label=" + URLEncoder.encode(label, StandardCharsets.UTF_8);
    return send(request(by, "/api/people?" + query).DELETE());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send(request(server, path));
  }

  private static HttpResponse<String> post(FaceServer to, String path, BodyPublisher body)
      throws Exception {
    return send(request(to, path).POST(body));
  }

  private static HttpResponse<String> post(String path, Path photo) throws Exception {
    return post(server, path, BodyPublishers.ofFile(photo));
  }

  private static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static JsonArray faces(Path photo) throws Exception {
    HttpResponse<String> response = post("/api/faces", photo);
    assertEquals(200, response.statusCode(), response.body());
    return json(response).getAsJsonArray("faces");
  }

  private static List<String> labels(FaceServer of) throws Exception {
    JsonArray people = json(send(request(of, "/api/people"))).getAsJsonArray("people");
    return StreamSupport.stream(people.spliterator(), false)
        .map(person -> person.getAsJsonObject().get("label").getAsString())
        .toList();
  }

  private static String error(HttpResponse<String> response) {
    return json(response).get("error").getAsString();
  }

  /** Takes everything for a picture of a face. */
  private static final class Suspicious implements FaceAttribute {
    @Override
    public FaceAttribute.Card card() {
      return new FaceAttribute.Card(
          "liveness",
          "suspicious",
          List.of(CropSpec.margin(8, 0)),
          List.of("live", "attack"),
          "none",
          "here");
    }

    @Override
    public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
      FaceAttribute.Scores attack =
          new FaceAttribute.Scores(
              "liveness",
              "suspicious",
              List.of(
                  new FaceAttribute.LabelScore("live", 0.1f),
                  new FaceAttribute.LabelScore("attack", 0.9f)));
      return faces.stream().map(face -> attack).toList();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsNotLiveIsMarkedAndNotEnrolled() throws Exception {
    FacePipeline strict = FacePipeline.builder().requireLive(new Suspicious(), 0.5f).build();
    try (FaceServer other = FaceServer.start(strict, options(0))) {
      HttpResponse<String> seen = post(other, "/api/faces", BodyPublishers.ofFile(ADA));
      JsonObject face = json(seen).getAsJsonArray("faces").get(0).getAsJsonObject();
      assertTrue(face.get("spoof").getAsBoolean(), face.toString());
      assertEquals(0.1f, face.get("liveness").getAsFloat());
      assertTrue(face.get("label").isJsonNull());
      HttpResponse<String> refused =
          post(other, "/api/people?label=ada&face=0", BodyPublishers.ofFile(ADA));
      assertEquals(422, refused.statusCode(), refused.body());
      assertTrue(error(refused).contains("taken for a picture of a face"), refused.body());
      assertEquals(List.of(), labels(other));
    }
  }

  @Test
  void aFaceIsUnknownUntilItIsEnrolledAndAfterItIsForgotten() throws Exception {
    assertTrue(faces(OTHER_ADA).get(0).getAsJsonObject().get("label").isJsonNull());
    HttpResponse<String> enrolled = post("/api/people?label=Ada%20L&face=0", ADA);
    assertEquals(201, enrolled.statusCode(), enrolled.body());
    assertEquals(List.of("Ada L"), labels(server));

    JsonObject face = faces(OTHER_ADA).get(0).getAsJsonObject();
    assertEquals("Ada L", face.get("label").getAsString());
    assertTrue(face.get("similarity").getAsFloat() > 0.5f, face.toString());
    assertEquals(5, face.getAsJsonArray("landmarks").size());
    JsonArray box = face.getAsJsonArray("box");
    for (JsonElement landmark : face.getAsJsonArray("landmarks")) {
      float x = landmark.getAsJsonArray().get(0).getAsFloat();
      assertTrue(x > box.get(0).getAsFloat() && x < box.get(2).getAsFloat(), face.toString());
    }

    HttpResponse<String> gone = forget(server, "Ada L");
    assertEquals(200, gone.statusCode(), gone.body());
    assertTrue(labels(server).isEmpty());
    assertTrue(faces(OTHER_ADA).get(0).getAsJsonObject().get("label").isJsonNull());
    HttpResponse<String> again = forget(server, "Ada L");
    assertEquals(404, again.statusCode());
    assertTrue(error(again).contains("Ada L"), again.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../..", "a/b", "a;b", "a?b#c", "100 %", "a\\b", "a+b", "\u00e4 \u5f20"})
  void whoeverCanBeEnrolledCanBeForgotten(String label) throws Exception {
    String query = "label=" + URLEncoder.encode(label, StandardCharsets.UTF_8) + "&face=0";
    HttpResponse<String> enrolled = post("/api/people?" + query, ADA);
    assertEquals(201, enrolled.statusCode(), enrolled.body());
    assertEquals(List.of(label), labels(server));
    assertEquals(200, forget(server, label).statusCode());
    assertTrue(labels(server).isEmpty());
  }

  @Test
  void aPhotoOfNobodyHasNoFaces() throws Exception {
    assertEquals(0, faces(NOBODY).size());
    HttpResponse<String> enrolled = post("/api/people?label=x&face=0", NOBODY);
    assertEquals(400, enrolled.statusCode());
    assertTrue(error(enrolled).contains("0 faces"), enrolled.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "label=&face=0",
        "label=%20&face=0",
        "face=0",
        "label=a%0Ab&face=0",
        "label=x",
        "label=x&face=-1",
        "label=x&face=one"
      })
  void whatCannotBeEnrolledIsNamed(String query) throws Exception {
    HttpResponse<String> response = post("/api/people?" + query, ADA);
    assertEquals(400, response.statusCode(), response.body());
    assertTrue(error(response).contains(", got "), response.body());
    assertTrue(labels(server).isEmpty());
  }

  @Test
  void whatIsNoPictureIsRefused() throws Exception {
    HttpResponse<String> text =
        post(server, "/api/faces", BodyPublishers.ofString("not a picture"));
    assertEquals(415, text.statusCode(), text.body());
    byte[] photo = Files.readAllBytes(ADA);
    byte[] half = Arrays.copyOf(photo, photo.length / 2);
    HttpResponse<String> cut = post(server, "/api/faces", BodyPublishers.ofByteArray(half));
    assertEquals(400, cut.statusCode(), cut.body());
    HttpResponse<String> nothing = post(server, "/api/faces", BodyPublishers.noBody());
    assertEquals(400, nothing.statusCode(), nothing.body());
  }

  @Test
  void whatIsTooLargeIsRefusedWhetherItSaysSoOrNot() throws Exception {
    byte[] large = new byte[MAX_UPLOAD + 1];
    HttpResponse<String> told = post(server, "/api/faces", BodyPublishers.ofByteArray(large));
    assertEquals(413, told.statusCode(), told.body());
    HttpResponse<String> untold =
        post(
            server,
            "/api/faces",
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
    assertEquals(413, untold.statusCode(), untold.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 8000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n7A1200\r\n"})
  void whoeverSendsTheWholePhotoBeforeReadingGetsTheAnswer(String head) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/faces HTTP/1.1\r\nHost: localhost\r\n" + head)
              .getBytes(StandardCharsets.ISO_8859_1));
      out.write(new byte[8 * MAX_UPLOAD]);
      if (head.contains("chunked")) {
        out.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(answer.contains("over the limit of " + MAX_UPLOAD), answer);
    }
  }

  @Test
  void aSmallFileThatClaimsAHugePictureIsRefused() throws Exception {
    byte[] bomb = Image.ofGrey(1, 1, new byte[1]).toPng();
    ByteBuffer header = ByteBuffer.wrap(bomb, PNG_HEADER, PNG_HEADER_LENGTH + Integer.BYTES);
    header
        .putInt(PNG_HEADER + Integer.BYTES, 60_000)
        .putInt(PNG_HEADER + 2 * Integer.BYTES, 60_000);
    CRC32 check = new CRC32();
    check.update(bomb, PNG_HEADER, PNG_HEADER_LENGTH);
    header.putInt(PNG_HEADER + PNG_HEADER_LENGTH, (int) check.getValue());
    HttpResponse<String> response = post(server, "/api/faces", BodyPublishers.ofByteArray(bomb));
    assertEquals(413, response.statusCode(), response.body());
  }

  @Test
  void thePageIsServedAndNothingElse() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("<title>FacePipeline</title>"));
    assertEquals("text/html;charset=utf-8", page.headers().firstValue("Content-Type").get());
    String policy = page.headers().firstValue("Content-Security-Policy").get();
    assertTrue(policy.contains("frame-ancestors 'none'"), policy);
    assertEquals("no-store", page.headers().firstValue("Cache-Control").get());
    for (String file : List.of("/app.js", "/app.css")) {
      assertEquals(200, get(file).statusCode(), file);
    }
    for (String path : List.of("/index.html", "/FaceServer.class", "/api", "/api/people/x/y")) {
      assertEquals(404, get(path).statusCode(), path);
      assertTrue(error(get(path)).contains(path), path);
    }
  }

  @Test
  void aMethodThatAPathDoesNotTakeIsNamed() throws Exception {
    for (String path : List.of("/api/people", "/api/faces", "/")) {
      HttpResponse<String> answer = send(request(server, path).method("PUT", noBody()));
      assertEquals(405, answer.statusCode(), path);
      assertTrue(error(answer).contains("PUT"), answer.body());
      assertTrue(answer.headers().firstValue("Allow").isPresent(), answer.headers().toString());
    }
    assertEquals(405, get("/api/faces").statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/app.js/../../FaceServer.class",
        "//etc/passwd",
        "/.\\..\\..\\x"
      })
  void noPathLeadsOutOfThePage(String path) throws Exception {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    String status = answer.lines().findFirst().orElse("");
    assertTrue(status.contains(" 400 ") || status.contains(" 404 "), answer);
    assertFalse(answer.contains("root:"), answer);
  }

  @Test
  void onlyRequestsByItsOwnNameAreAnswered() throws Exception {
    for (String host : List.of("localhost", "127.0.0.1:" + server.port(), "[::1]:80")) {
      assertTrue(people("Host: " + host).contains(" 200 "), host);
    }
    for (String host : List.of("evil.example", "localhost.evil.example", "192.168.0.1", "a:b:c:")) {
      String answer = people("Host: " + host);
      assertTrue(answer.contains(" 421 ") || answer.contains(" 400 "), answer);
      assertFalse(answer.contains("threshold"), answer);
    }
  }

  @Test
  void otherPagesInTheSameBrowserAreNotServed() throws Exception {
    String host = "Host: localhost:" + server.port();
    assertTrue(people(host, "Origin: http://localhost:" + server.port()).contains(" 200 "));
    for (String header :
        List.of("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site")) {
      assertTrue(people(host, header).contains(" 403 "), header);
    }
    HttpRequest.Builder foreign =
        request(server, "/api/people?label=mallory&face=0")
            .header("Origin", "http://evil.example")
            .POST(BodyPublishers.ofFile(ADA));
    assertEquals(403, send(foreign).statusCode());
    assertTrue(labels(server).isEmpty());
    String link = raw("GET / HTTP/1.1\r\n" + host + "\r\nSec-Fetch-Site: cross-site\r\n");
    assertTrue(link.contains(" 200 "), link);
  }

  @Test
  void aServerForOtherMachinesTakesAddressesAndTheNamesItIsGiven() {
    RequestGuard guard = new RequestGuard("0.0.0.0", Set.of("Faces.Example"));
    assertTrue(guard.isOwn("192.168.0.7:8080"));
    assertTrue(guard.isOwn("faces.example"));
    assertTrue(guard.isOwn("[2001:db8::1]:80"));
    assertFalse(guard.isOwn("evil.example"));
    assertFalse(guard.isOwn(null));
    assertFalse(guard.isOwn(""));
  }

  private static String people(String... headers) throws IOException {
    return raw("GET /api/people HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n");
  }

  /** An answer to a request that no client would send. */
  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void manyPhotosAtOnceAllGetTheirAnswer() throws Exception {
    post("/api/people?label=ada&face=0", ADA);
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 24)
            .mapToObj(
                i -> {
                  try {
                    return CLIENT.sendAsync(
                        request(server, "/api/faces")
                            .POST(BodyPublishers.ofFile(OTHER_ADA))
                            .build(),
                        BodyHandlers.ofString());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .toList();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertEquals(200, answer.get().statusCode());
      assertTrue(answer.get().body().contains("\"label\":\"ada\""), answer.get().body());
    }
  }

  @Test
  void aGalleryInAFolderOutlivesTheServerAndWhoeverIsForgottenDoesNot(@TempDir Path folder)
      throws Exception {
    try (FaceServer first = FaceServer.start(kept(folder), options(0))) {
      post(first, "/api/people?label=ada&face=0", BodyPublishers.ofFile(ADA));
      post(first, "/api/people?label=mallory&face=0", BodyPublishers.ofFile(OTHER_ADA));
      forget(first, "mallory");
    }
    try (FaceServer second = FaceServer.start(kept(folder), options(0))) {
      assertEquals(List.of("ada"), labels(second));
      assertTrue(json(send(request(second, "/api/people"))).get("kept").getAsBoolean());
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(content.contains("mallory"), file.toString());
      }
    }
  }

  private static FacePipeline kept(Path folder) {
    var embedder = DefaultModels.embedder(EmbedderOptions.defaults());
    return FacePipeline.builder()
        .detector(DefaultModels.detector().build())
        .embedder(embedder)
        .classifier(Gallery.in(folder).model(embedder.card()).open())
        .build();
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () -> FaceServer.start(FacePipeline.create(), options(server.port())));
    assertTrue(String.valueOf(e.getMessage()).contains(":" + server.port()), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("--port"), e.getMessage());
  }
}
