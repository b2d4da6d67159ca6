package io.facepipeline.examples.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.FacePipeline;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service is started, called over HTTP, and stopped. */
class TeamServiceTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext service;

  private record Answer(int status, JsonElement body) {
    JsonObject object() {
      return body.getAsJsonObject();
    }
  }

  @BeforeEach
  void start() {
    service =
        SpringApplication.run(
            TeamService.class,
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--logging.level.root=warn",
            "--facepipeline.gallery.path=" + folder.resolve("people"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private URI uri(String path) {
    return URI.create(
        "http://localhost:" + service.getEnvironment().getProperty("local.server.port") + path);
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), JsonParser.parseString(answer.body()));
  }

  private Answer get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private Answer delete(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).DELETE());
  }

  private Answer post(String path, Map<String, byte[]> parts)
      throws IOException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> part : parts.entrySet()) {
      String head =
          "--part\r\nContent-Disposition: form-data; name=\""
              + part.getKey()
              + "\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";
      body.write(head.getBytes(StandardCharsets.UTF_8));
      body.write(part.getValue());
      body.write("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    body.write("--part--\r\n".getBytes(StandardCharsets.UTF_8));
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "multipart/form-data; boundary=part")
            .POST(BodyPublishers.ofByteArray(body.toByteArray())));
  }

  private static byte[] album(String path) throws IOException {
    return Files.readAllBytes(SharedData.album(path));
  }

  private Answer photo(String path, String photo) throws IOException, InterruptedException {
    return post(path, Map.of("photo", album(photo)));
  }

  private static List<String> labels(Answer answer) {
    JsonArray all = answer.body().getAsJsonArray();
    return StreamSupport.stream(all.spliterator(), false)
        .map(who -> who.getAsJsonObject().get("label"))
        .map(label -> label.isJsonNull() ? "unknown" : label.getAsString())
        .toList();
  }

  @Test
  void aPersonIsEnrolledNamedVerifiedAndForgotten() throws Exception {
    assertEquals(201, photo("/people/ada", "people/ada/ada_1.jpg").status());
    assertEquals(List.of("ada"), labels(photo("/identify", "people/ada/ada_2.jpg")));
    assertEquals(List.of("unknown"), labels(photo("/identify", "people/bao/bao_1.jpg")));
    assertEquals(List.of("ada"), labels(get("/people")));

    Map<String, byte[]> pair = new LinkedHashMap<>();
    pair.put("first", album("people/bao/bao_1.jpg"));
    pair.put("second", album("people/bao/bao_2.jpg"));
    assertTrue(post("/verify", pair).object().get("same").getAsBoolean());
    pair.put("second", album("people/ada/ada_2.jpg"));
    assertFalse(post("/verify", pair).object().get("same").getAsBoolean());

    assertEquals(204, delete("/people/ada").status());
    assertEquals(404, delete("/people/ada").status());
    assertEquals(List.of("unknown"), labels(photo("/identify", "people/ada/ada_2.jpg")));
  }

  @Test
  void peopleOutliveTheServiceWhichEndsCleanly() throws Exception {
    photo("/people/ada", "people/ada/ada_1.jpg");
    FacePipeline faces = service.getBean(FacePipeline.class);
    URI people = uri("/people");
    stop();
    assertThrows(IllegalStateException.class, () -> faces.detectAll(List.of()));
    assertThrows(
        ConnectException.class,
        () -> client.send(HttpRequest.newBuilder(people).build(), BodyHandlers.ofString()));
    start();
    assertEquals(List.of("ada"), labels(get("/people")));
  }

  @Test
  void whatCannotBeUsedIsAnsweredAsAProblem() throws Exception {
    Answer nobody = photo("/people/x", "groups/nobody.jpg");
    assertEquals(422, nobody.status());
    assertEquals("no-face", nobody.object().get("kind").getAsString());
    Answer several = photo("/people/x", "groups/group_1.jpg");
    assertEquals(422, several.status());
    assertEquals("several-faces", several.object().get("kind").getAsString());
    Answer text = post("/identify", Map.of("photo", "no picture".getBytes(StandardCharsets.UTF_8)));
    assertEquals(415, text.status());
    assertEquals("image-unsupported", text.object().get("kind").getAsString());
    byte[] whole = album("people/ada/ada_1.jpg");
    Answer cut =
        post("/identify", Map.of("photo", java.util.Arrays.copyOf(whole, whole.length / 2)));
    assertEquals(422, cut.status());
    Answer large = post("/identify", Map.of("photo", new byte[11 << 20]));
    assertEquals(413, large.status());
    assertEquals(400, photo("/people/%20", "people/ada/ada_1.jpg").status());
    assertEquals(List.of(), labels(get("/people")));
    for (Answer answer : List.of(nobody, several, text, cut, large)) {
      assertFalse(answer.body().toString().contains(folder.toString()), answer::toString);
      assertEquals(answer.status(), answer.object().get("status").getAsInt());
    }
  }

  @Test
  void healthAndMetricsAreReadOverHttp() throws Exception {
    photo("/people/ada", "people/ada/ada_1.jpg");
    photo("/people/x", "groups/nobody.jpg");
    post("/identify", Map.of("photo", "no picture".getBytes(StandardCharsets.UTF_8)));

    JsonObject health = get("/actuator/health/facepipeline").object();
    assertEquals("UP", health.get("status").getAsString());
    assertEquals(1, health.getAsJsonObject("details").get("people").getAsInt());

    assertEquals(1, meter("facepipeline.faces"));
    assertEquals(2, meter("facepipeline.stage?tag=stage:detect"));
    assertEquals(1, meter("facepipeline.stage?tag=stage:embed"));
    assertEquals(1, meter("facepipeline.gallery.people"));
    assertEquals(1, meter("facepipeline.gallery.faces"));
    assertEquals(1, meter("facepipeline.errors?tag=kind:no-face"));
    assertEquals(1, meter("facepipeline.errors?tag=kind:image-unsupported"));
  }

  private double meter(String query) throws Exception {
    Answer answer = get("/actuator/metrics/" + query);
    assertEquals(200, answer.status(), query);
    return answer
        .object()
        .getAsJsonArray("measurements")
        .get(0)
        .getAsJsonObject()
        .get("value")
        .getAsDouble();
  }
}
