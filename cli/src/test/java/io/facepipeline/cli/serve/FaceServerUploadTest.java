package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent as a photo: no picture, too large, or much at once. */
class FaceServerUploadTest extends FaceServerFixture {
  /** Where a PNG's header begins with its type, and how long it is with it. */
  private static final int PNG_HEADER = 12;

  private static final int PNG_HEADER_LENGTH = 17;

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
}
