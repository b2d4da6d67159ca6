package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonParser;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.Point;
import io.facepipeline.gallery.Gallery;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.LocalConnector.LocalEndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** The page's server, by bytes as they come from a connection. */
final class ServeFuzzTest {
  private static final ModelCard CARD =
      ModelCard.builder("tiny").embeddingSize(2).crop(CropSpec.margin(8, 0)).build();
  private static final int MAX_UPLOAD = 4096;

  /** More than the fuzzer's limit, which makes a finding of what takes long. */
  private static final int PATIENCE_SECONDS = 60;

  private static final int FAILED = 500;
  private static final int REFUSED = 400;
  private static final String END = "\r\n\r\n";
  private static final Served SERVED = new Served();

  /**
   * A server that listens to this class, with stages that find one face in all but the smallest.
   */
  private static final class Served {
    private final Gallery gallery = Gallery.inMemory(CARD, 0.5f);
    private final LocalConnector connector;

    Served() {
      FacePipeline pipeline =
          FacePipeline.builder()
              .detector(new OneFace())
              .embedder(new Constant())
              .classifier(gallery)
              .build();
      FaceServer server =
          FaceServer.start(
              pipeline, new FaceServer.Options("127.0.0.1", 0, Set.of(), MAX_UPLOAD, 2));
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      HttpConnectionFactory http =
          server.jetty().getConnectors()[0].getConnectionFactory(HttpConnectionFactory.class);
      connector = new LocalConnector(server.jetty(), http);
      server.jetty().addConnector(connector);
      try {
        connector.start();
      } catch (Exception e) {
        throw new AssertionError("the connector does not start", e);
      }
    }

    /** What comes back until the server closes the connection. */
    String answers(byte[] sent) {
      gallery.labels().forEach(gallery::remove);
      LocalEndPoint connection = connector.connect();
      connection.addInput(ByteBuffer.wrap(sent));
      connection.addInputEOF();
      connection.waitUntilClosedOrIdleFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertFalse(connection.isOpen(), "no answer, and the connection is still open");
      return StandardCharsets.ISO_8859_1.decode(connection.takeOutput()).toString();
    }
  }

  private static final class OneFace implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      if (image.width() < 8 || image.height() < 8) {
        return List.of();
      }
      Landmarks landmarks =
          new Landmarks(
              new Point(2, 2),
              new Point(5, 2),
              new Point(3.5f, 4),
              new Point(2, 6),
              new Point(5, 6));
      return List.of(new Face(new Box(1, 1, 7, 7), landmarks, 0.9f));
    }

    @Override
    public void close() {}
  }

  private static final class Constant implements FaceEmbedder {
    @Override
    public ModelCard card() {
      return CARD;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream()
          .map(c -> Embedding.of(CARD.fingerprint(), new float[] {0.6f, 0.8f}))
          .toList();
    }

    @Override
    public void close() {}
  }

  private static byte[] photo() {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY), "png", png);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return png.toByteArray();
  }

  private static byte[] request(String head, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes((head.replace("\n", "\r\n") + END).getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    return all.toByteArray();
  }

  static Stream<byte[]> requests() {
    byte[] png = photo();
    byte[] none = new byte[0];
    String length = "\nContent-Type: image/png\nContent-Length: " + png.length;
    String chunk = Integer.toHexString(png.length) + "\r\n";
    String chunked =
        chunk + new String(png, StandardCharsets.ISO_8859_1) + "\r\n0\r\nExpires: 1" + END;
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"" + END + "x";
    String groups = "{\"photos\": [[\"AAAA\"], []]}";
    String local = " HTTP/1.1\nHost: localhost";
    return Stream.of(
        request("GET /" + local + ":80\nOrigin: http://localhost:80", none),
        request("HEAD /api/people" + local + "\nSec-Fetch-Site: cross-site", none),
        request("GET /api/people" + local + "\nAccept-Encoding: gzip\nConnection: close", none),
        request("DELETE /api/people?label=Ada%20L" + local, none),
        request("POST /api/faces" + local + length, png),
        request("POST /api/people?label=Ada+L%C3%A9&face=0" + local + length, png),
        request(
            "POST /api/faces" + local + "\nExpect: 100-continue\nTransfer-Encoding: chunked",
            chunked.getBytes(StandardCharsets.ISO_8859_1)),
        request(
            "POST /api/faces"
                + local
                + "\nContent-Type: multipart/form-data; boundary=b"
                + "\nContent-Length: "
                + (form.length() + 7),
            (form + "\r\n--b--").getBytes(StandardCharsets.ISO_8859_1)),
        request("POST /api/faces" + local + "\nContent-Length: 99999999999", none),
        request(
            "POST /api/groups" + local + "\nContent-Length: " + groups.length(),
            groups.getBytes(StandardCharsets.ISO_8859_1)),
        request("PUT /../%2e%2e/x;y?a=%zz HTTP/1.0\nHost: [::1]:8080\nCookie: a=b", none));
  }

  @Test
  void theSeedsReachWhatIsBehindThePage() {
    assertEquals(
        List.of(200, 403, 200, 404, 200, 201, 200, 415, 413, 400, 400),
        requests().map(r -> status(SERVED.answers(r))).toList());
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }

  /** Requests one after the other: each is answered, and none is the server's failure. */
  @MethodSource("requests")
  @FuzzTest
  void connection(byte[] sent) {
    String rest = SERVED.answers(sent);
    while (!rest.isEmpty()) {
      assertTrue(rest.startsWith("HTTP/1."), "no answer in HTTP");
      int end = rest.indexOf(END);
      assertTrue(end > 0, "an answer without an end of its headers");
      String head = rest.substring(0, end);
      int status = status(head);
      assertNotEquals(FAILED, status, rest);
      rest = rest.substring(end + END.length());
      if (status < 200) {
        continue;
      }
      Failures.PROTECTION.forEach((name, value) -> assertEquals(value, header(head, name), head));
      String length = header(head, "Content-Length");
      boolean bodiless = rest.isEmpty() || rest.startsWith("HTTP/1."); // to a HEAD
      int body = bodiless ? 0 : Integer.parseInt(length);
      if (status >= REFUSED && !bodiless) {
        String said =
            new String(
                rest.substring(0, body).getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.UTF_8);
        assertFalse(
            JsonParser.parseString(said).getAsJsonObject().get("error").getAsString().isBlank());
      }
      rest = rest.substring(body);
    }
  }

  private static String header(String head, String name) {
    String start = "\r\n" + name.toLowerCase(Locale.ROOT) + ": ";
    int at = head.toLowerCase(Locale.ROOT).indexOf(start);
    if (at < 0) {
      return "";
    }
    int from = at + start.length();
    int end = head.indexOf("\r\n", from);
    return head.substring(from, end < 0 ? head.length() : end);
  }
}
