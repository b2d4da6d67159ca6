package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.dropsAfter;
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

import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import io.facepipeline.testkit.FlightEvents;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void resumesAfterTheConnectionBreaks() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, CONTENT, TAG), file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals(2, server.requests().size());
      assertEquals("bytes=100000-", server.requests().get(1).header("range"));
      assertEquals(TAG, server.requests().get(1).header("if-range"));
    }
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
  void theNextCallResumesWhatThisOneGaveUp() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            dropsAfter(100_000, CONTENT, TAG),
            status("503 Busy"),
            status("500 Broken"),
            file(CONTENT, TAG))) {
      PublishedFile file = known(server.uri("/weights.pt"));
      ModelStoreException e = assertRefused(Reason.DOWNLOAD, () -> fetch(store().build(), file));
      assertTrue(e.getMessage().contains("3 attempts"), e.getMessage());
      assertTrue(e.getMessage().contains("100000"), e.getMessage());
      assertFalse(cached().contains("weights.pt"));
      assertComplete(fetch(store().build(), file));
      assertEquals("bytes=100000-", server.requests().get(3).header("range"));
    }
  }

  @Test
  void aServerThatStallsIsGivenUpAndAskedAgain() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              dropsAfter(50_000, CONTENT, TAG).to(request, out);
              assertTrue(done.await(30, TimeUnit.SECONDS));
            },
            (request, out) -> assertTrue(done.await(30, TimeUnit.SECONDS)),
            file(CONTENT, TAG))) {
      assertComplete(fetch(store(Duration.ofSeconds(1)).build(), known(server.uri("/weights.pt"))));
      assertEquals("bytes=50000-", server.requests().get(2).header("range"));
    } finally {
      done.countDown();
    }
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
  void redirectsAreFollowedRangeIncluded() throws Exception {
    try (ScriptedServer target =
            new ScriptedServer(dropsAfter(1000, CONTENT, TAG), file(CONTENT, TAG));
        ScriptedServer origin =
            new ScriptedServer(status("302 Found", "Location: " + target.uri("/else")))) {
      assertComplete(fetch(store().build(), known(origin.uri("/weights.pt"))));
      assertEquals("bytes=1000-", target.requests().get(1).header("range"));
    }
  }

  @Test
  void redirectsInACircleEnd() throws Exception {
    ScriptedServer.Answer circle =
        (request, out) -> head(out, "302 Found", "Location: " + request.path());
    try (ScriptedServer server = new ScriptedServer(circle)) {
      assertRefused(
          Reason.DOWNLOAD, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertTrue(server.requests().size() < 40);
    }
  }

  @Test
  void aServerThatIgnoresRangesIsReadFromTheStart() throws Exception {
    ScriptedServer.Answer whole =
        (request, out) -> {
          head(out, "200 OK", "Content-Length: " + CONTENT.length);
          out.write(CONTENT);
        };
    try (ScriptedServer server = new ScriptedServer(dropsAfter(100_000, CONTENT, TAG), whole)) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
    }
  }

  @Test
  void aFileThatChangedMeanwhileIsReadFromTheStart() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, OTHER, "\"old\""), file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("\"old\"", server.requests().get(1).header("if-range"));
    }
  }

  @Test
  void aRangeOfAnotherVersionIsNotJoined() throws Exception {
    ScriptedServer.Answer careless =
        (request, out) -> {
          head(
              out,
              "206 Partial Content",
              "Content-Length: 200000",
              "Content-Range: bytes 100000-299999/300000",
              "ETag: \"new\"");
          out.write(CONTENT, 100_000, 200_000);
        };
    try (ScriptedServer server =
        new ScriptedServer(
            dropsAfter(100_000, OTHER, "\"old\""), careless, file(CONTENT, "\"new\""))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("", server.requests().get(2).header("range"));
    }
  }

  @Test
  void aRangeOfAnotherVersionThatSaysNothingIsFoundByTheHash() throws Exception {
    ScriptedServer.Answer silent =
        (request, out) -> {
          head(
              out,
              "206 Partial Content",
              "Content-Length: 200000",
              "Content-Range: bytes 100000-299999/300000");
          out.write(CONTENT, 100_000, 200_000);
        };
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, OTHER, "\"old\""), silent, file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("", server.requests().get(2).header("range"));
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

  @Test
  void offlineNothingIsAskedFor() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      ModelStore offline = ModelStore.builder().cache(cache).offline(true).build();
      ModelNotFoundException e =
          assertThrows(
              ModelNotFoundException.class, () -> fetch(offline, known(server.uri("/weights.pt"))));
      assertTrue(e.getMessage().contains("offline"), e.getMessage());
      assertEquals(0, server.requests().size());
      fetch(store().build(), known(server.uri("/weights.pt")));
      assertComplete(fetch(offline, known(server.uri("/weights.pt"))));
    }
  }

  @Test
  void whatIsNotThereAndCannotBeDownloadedIsSaidBeforeAnythingIsDownloaded() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      PublishedFile byHand =
          new PublishedFile(
              "net",
              List.of(PublishedFile.Version.named("drive.pth")),
              "a drive",
              PublishedFile.License.MIT,
              null);
      ModelNotFoundException e =
          assertThrows(
              ModelNotFoundException.class,
              () -> store().build().require(List.of(known(server.uri("/weights.pt")), byHand)));
      assertTrue(e.getMessage().contains("drive.pth"), e.getMessage());
      assertFalse(e.getMessage().contains("weights.pt"), e.getMessage());
      assertEquals(0, server.requests().size());
    }
  }

  @ParameterizedTest
  @EnumSource(CommercialUse.class)
  void onlyWhatIsFreeForCommercialUse(CommercialUse use) throws Exception {
    PublishedFile.License license =
        new PublishedFile.License("their own", "https://example.org/terms", use);
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      PublishedFile file =
          new PublishedFile(
              "net",
              List.of(PublishedFile.Version.named("weights.pt")),
              "the test",
              license,
              server.uri("/weights.pt"));
      ModelStore careful = store().onlyCommercialUse().acceptLicense("net").build();
      if (use == CommercialUse.YES) {
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch(careful, file)));
        return;
      }
      ModelStoreException e = assertRefused(Reason.LICENSE, () -> fetch(careful, file));
      assertTrue(e.getMessage().contains("net"), e.getMessage());
      assertTrue(e.getMessage().contains("https://example.org/terms"), e.getMessage());
      assertEquals(0, server.requests().size());
      // What is here already is refused too.
      fetch(store().acceptLicense("net").build(), file);
      assertRefused(Reason.LICENSE, () -> fetch(careful, file));
    }
  }

  @Test
  void aRestrictedLicenseMustBeAccepted() throws Exception {
    PublishedFile.License academic =
        new PublishedFile.License(
            "academic use only", "https://example.org/terms", CommercialUse.NO);
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      PublishedFile file =
          new PublishedFile(
              "net",
              List.of(PublishedFile.Version.named("weights.pt")),
              "the test",
              academic,
              server.uri("/weights.pt"));
      ModelStoreException e = assertRefused(Reason.LICENSE, () -> fetch(store().build(), file));
      for (String part :
          List.of("academic use only", "https://example.org/terms", "net", "accept")) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
      assertEquals(0, server.requests().size());
      assertArrayEquals(
          CONTENT, Files.readAllBytes(fetch(store().acceptLicense("net").build(), file)));
    }
  }

  @Test
  void theHashOfTheFirstUseIsHeldAgainstLaterOnes() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG), file(OTHER, TAG))) {
      PublishedFile file = unknown(server.uri("/weights.pt"));
      Path path = fetch(store().build(), file);
      Path lock = cache.resolve("models.lock");
      assertTrue(Files.readString(lock).contains(hash(CONTENT)));

      Files.delete(path);
      ModelStoreException e = assertRefused(Reason.INTEGRITY, () -> fetch(store().build(), file));
      assertTrue(e.getMessage().contains(lock.toString()), e.getMessage());
      assertFalse(Files.exists(path));

      Files.delete(lock);
      assertArrayEquals(OTHER, Files.readAllBytes(fetch(store().build(), file)));
    }
  }

  @Test
  void aCachedFileThatWasChangedIsRefused() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      for (PublishedFile file :
          List.of(known(server.uri("/weights.pt")), unknown(server.uri("/weights.pt")))) {
        Path path = fetch(store().build(), file);
        Files.write(path, OTHER);
        assertRefused(Reason.INTEGRITY, () -> fetch(store().build(), file));
        Files.write(path, CONTENT);
      }
    }
  }

  @Test
  void theFirstDigitsOfAHashAreChecked() throws Exception {
    try (ScriptedServer server = new ScriptedServer(file(OTHER, TAG), file(CONTENT, TAG))) {
      PublishedFile file =
          published(
              new PublishedFile.Version("weights.pt", 0, hash(CONTENT).substring(0, 8)),
              server.uri("/weights.pt"));
      assertRefused(Reason.INTEGRITY, () -> fetch(store().build(), file));
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(store().build(), file)));
    }
  }

  @Test
  void aDamagedLockFileIsNamed() throws Exception {
    Files.writeString(cache.resolve("models.lock"), "{ not json", StandardCharsets.UTF_8);
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      ModelStoreException e =
          assertThrows(
              ModelStoreException.class,
              () -> fetch(store().build(), unknown(server.uri("/weights.pt"))));
      assertTrue(e.getMessage().contains("models.lock"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "[]", "\"x\"", "null", "{}", "{\"size\": {}, \"sha256\": 1}"})
  void aLockEntryOfAnotherFormIsNamed(String entry) throws Exception {
    Files.writeString(
        cache.resolve("models.lock"),
        "{\"version\": 1, \"files\": {\"net/weights.pt\": " + entry + "}}",
        StandardCharsets.UTF_8);
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
      PublishedFile file = unknown(server.uri("/weights.pt"));
      assertEquals("net", file.id());
      ModelStoreException e =
          assertThrows(ModelStoreException.class, () -> fetch(store().build(), file));
      assertTrue(e.getMessage().contains("models.lock"), e.getMessage());
      assertTrue(e.getMessage().contains("net/weights.pt"), e.getMessage());
    }
  }
}
