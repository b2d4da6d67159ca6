package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service in a process of its own, since it runs until it is stopped. */
class FaceServerTest {
  private static final Pattern LABEL =
      Pattern.compile("\"label\":(null|\"\\w+\"),\"score\":[^,]*,\"threshold\"");
  private static final String ADA = "people/ada/ada_1.jpg";

  private static Process process;
  private static String address = "";

  @BeforeAll
  static void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfacepipeline.cache=" + System.getProperty("facepipeline.cache"),
                "-cp",
                System.getProperty("java.class.path"),
                FaceServer.class.getName(),
                "0") // any free port
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    assertTrue(line != null && line.startsWith("listening on http://"), line);
    address = line.substring("listening on ".length());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  private static HttpResponse<String> post(String path, String... photos) throws Exception {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    for (String photo : photos) {
      form.write(
          "--part\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      form.write(Files.readAllBytes(SharedData.album(photo)));
      form.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    form.write("--part--\r\n".getBytes(StandardCharsets.US_ASCII));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Content-Type", "multipart/form-data; boundary=part")
            .POST(HttpRequest.BodyPublishers.ofByteArray(form.toByteArray()))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void enrollsAndNames() throws Exception {
    HttpResponse<String> enrolled = post("/people/ada", ADA);
    assertEquals(200, enrolled.statusCode(), enrolled.body());
    assertTrue(enrolled.body().contains("\"eyeDistance\":57."), enrolled.body());

    String named = post("/identify", "groups/group_1.jpg").body();
    Matcher labels = LABEL.matcher(named);
    assertEquals(4, labels.results().count(), named);
    assertEquals(
        1, named.split("\"label\":\"ada\",\"score\":[^,]*,\"threshold\"", -1).length - 1, named);
  }

  @Test
  void verifiesTwoPhotos() throws Exception {
    String same = post("/verify", ADA, "people/ada/ada_2.jpg").body();
    assertTrue(same.startsWith("{\"same\":true,\"similarity\":0."), same);
    String different = post("/verify", ADA, "people/bao/bao_1.jpg").body();
    assertTrue(different.startsWith("{\"same\":false,\"similarity\":0."), different);
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    HttpResponse<String> nobody = post("/people/wall", "groups/nobody.jpg");
    assertEquals(422, nobody.statusCode());
    assertTrue(
        nobody.body().startsWith("{\"error\":\"no face found in the 640x480 image"), nobody.body());
    HttpResponse<String> text = post("/identify", "index.txt");
    assertEquals(422, text.statusCode());
    assertTrue(text.body().contains("not a picture"), text.body());
    HttpResponse<String> one = post("/verify", ADA);
    assertEquals(400, one.statusCode());
    assertEquals("send 2 files named photo as a form", one.body());
  }
}
