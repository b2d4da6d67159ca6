package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.file;
import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hashes of downloaded files, published or of the first download. */
@Timeout(60)
class DownloadHashTest extends DownloadFixture {
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
