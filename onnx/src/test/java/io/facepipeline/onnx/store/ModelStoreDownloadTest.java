package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.file;
import static io.facepipeline.onnx.store.ScriptedServer.head;
import static io.facepipeline.onnx.store.ScriptedServer.status;
import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.store.ModelStoreException.Reason;
import io.facepipeline.testkit.FlightEvents;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Downloads from servers that do their work, and from servers that do not. */
@Timeout(60)
class ModelStoreDownloadTest extends DownloadFixture {
  @Test
  void downloadsOnceAndTellsHowFarItIs() throws Exception {
    List<long[]> told = new ArrayList<>();
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      PublishedFile file = known(server.uri("/weights.pt"));
      ModelStore store =
          store().progress((done, total, item) -> told.add(new long[] {done, total})).build();
      Path path = fetch(store, file);
      assertComplete(path);
      assertEquals(path, fetch(store().build(), file));
      assertEquals(1, server.requests().size());
    }
    assertArrayEquals(new long[] {0, CONTENT.length}, told.get(0));
    assertArrayEquals(new long[] {CONTENT.length, CONTENT.length}, told.get(told.size() - 1));
  }

  @Test
  void flightRecorderIsToldOfADownloadAndOfAFailedOne() throws Exception {
    ScriptedServer server = new ScriptedServer(file(CONTENT, TAG));
    PublishedFile file = known(server.uri("/weights.pt"));
    try (server) {
      List<RecordedEvent> events =
          FlightEvents.of(
              "Download",
              () -> {
                fetch(store().build(), file);
                fetch(store().build(), file);
              });
      assertEquals(1, events.size(), "the second time it is there");
      assertEquals("weights.pt", events.get(0).getString("file"));
      assertEquals(CONTENT.length, events.get(0).getLong("bytes"));
      assertNull(events.get(0).getString("failure"));
    }

    Files.delete(fetch(store().build(), file));
    List<RecordedEvent> failed =
        FlightEvents.of(
            "Download",
            () -> assertThrows(ModelStoreException.class, () -> fetch(store().build(), file)));
    assertEquals(
        ModelStoreException.class.getName(), failed.get(0).getString("failure"), failed::toString);
  }

  @Test
  void aHostThatCannotBeReachedIsSaidInWords() throws Exception {
    URI nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + free.getLocalPort() + "/weights.pt");
    }
    String said =
        assertRefused(Reason.DOWNLOAD, () -> fetch(store().build(), known(nobody))).getMessage();
    assertTrue(said.contains("the host cannot be reached; check the network"), said);
    assertTrue(said.endsWith("try again later"), said);
    assertFalse(said.contains("Exception"), said);
  }

  @Test
  void aLengthThatIsNotTheFilesIsRefusedAtOnce() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(file(Arrays.copyOf(CONTENT, CONTENT.length - 1), TAG))) {
      ModelStoreException e =
          assertRefused(
              Reason.INTEGRITY, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertTrue(e.getMessage().contains("299999"), e.getMessage());
      assertEquals(1, server.requests().size());
      assertEquals(List.of(), cached());
    }
  }

  @Test
  void aLengthThatIsNeverReachedEndsInAFailure() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              head(out, "200 OK", "Content-Length: 400000");
              out.write(CONTENT);
            })) {
      assertRefused(
          Reason.DOWNLOAD, () -> fetch(store().build(), unknown(server.uri("/weights.pt"))));
      assertEquals(3, server.requests().size());
      assertFalse(cached().contains("weights.pt"));
    }
  }

  @Test
  void moreThanTheFileHasIsNotTakenWhereNoLengthIsTold() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              head(out, "200 OK");
              out.write(CONTENT);
              out.write(1);
            })) {
      assertRefused(
          Reason.INTEGRITY, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals(List.of(), cached());
    }
  }

  @Test
  void wrongBytesAreRefusedAndNothingIsLeft() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(OTHER, TAG))) {
      ModelStoreException e =
          assertRefused(
              Reason.INTEGRITY, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertTrue(e.getMessage().contains(hash(OTHER)), e.getMessage());
      assertTrue(e.getMessage().contains(hash(CONTENT)), e.getMessage());
      assertEquals(List.of(), cached());
    }
  }

  @Test
  void aRefusalIsNotRepeated() throws Exception {
    try (ScriptedServer server = new ScriptedServer(status("404 Not Found", "Content-Length: 0"))) {
      ModelStoreException e =
          assertRefused(
              Reason.DOWNLOAD, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertTrue(e.getMessage().contains("404"), e.getMessage());
      assertTrue(e.getMessage().contains("--models"), e.getMessage());
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void anOriginThatIsNotThereIsNamed() throws Exception {
    URI gone;
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      gone = server.uri("/weights.pt");
    }
    ModelStoreException e =
        assertRefused(Reason.DOWNLOAD, () -> fetch(store().build(), known(gone)));
    assertTrue(e.getMessage().contains(gone.toString()), e.getMessage());
  }
}
