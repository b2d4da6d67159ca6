package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.file;
import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may not be downloaded: offline, by its license, or for commercial use. */
@Timeout(60)
class DownloadPermissionTest extends DownloadFixture {
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
}
