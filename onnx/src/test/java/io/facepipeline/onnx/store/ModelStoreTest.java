package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ProgressListener;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where files are looked for, and in which order. */
class ModelStoreTest {
  private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);

  private static final PublishedFile FILE =
      new PublishedFile(
          "net",
          List.of(
              new PublishedFile.Version("net.pt", WEIGHTS.length, DownloadFixture.hash(WEIGHTS)),
              PublishedFile.Version.named("net.npy")),
          "the test",
          PublishedFile.License.MIT,
          null);

  @TempDir Path folder;

  private Path put(String name, byte[] content) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private ModelStore in(String name) {
    return ModelStore.of(folder.resolve(name));
  }

  @Test
  void foldersBelowAreSearchedByName() throws Exception {
    Path deep = put("a/b/c/net.npy", new byte[1]);
    assertEquals(Optional.of(deep), in("a").find(FILE));
    Path usual = put("a/z/net.pt", WEIGHTS);
    assertEquals(Optional.of(usual), in("a").find(FILE));
  }

  @Test
  void anotherFileOfThePublishedNameIsNotTakenForIt() throws Exception {
    Path other = put("a/z/net.pt", new byte[1]);
    assertEquals(Optional.empty(), in("a").find(FILE));
    assertEquals(List.of(other), in("a").named(FILE));
    ModelStoreException e = assertRefused(Reason.INTEGRITY, () -> in("a").require(List.of(FILE)));
    assertTrue(e.getMessage().contains(other.toString()), e.getMessage());
    Path published = put("a/z/mine/net.pt", WEIGHTS);
    assertEquals(List.of(published), in("a").require(List.of(FILE)));
  }

  @Test
  void anotherNameIsFoundByTheHash() throws Exception {
    put("a/decoy.bin", "wEights".getBytes(StandardCharsets.UTF_8));
    assertEquals(Optional.empty(), in("a").find(FILE));
    Path renamed = put("a/sub/mine.bin", WEIGHTS);
    assertEquals(Optional.of(renamed), in("a").find(FILE));
  }

  @Test
  void foldersComeInTheirOrderAndBeforeTheCache() throws Exception {
    Path cached = put("cache/models/net/net.pt", WEIGHTS);
    Path second = put("second/net.pt", WEIGHTS);
    ModelStoreBuilder builder = ModelStore.builder().cache(folder.resolve("cache")).offline(true);
    assertEquals(Optional.of(cached), builder.build().find(FILE));
    Files.createDirectories(folder.resolve("first"));
    builder.folder(folder.resolve("first")).folder(folder.resolve("second"));
    assertEquals(Optional.of(second), builder.build().find(FILE));
    Path first = put("first/net.npy", WEIGHTS);
    assertEquals(Optional.of(first), builder.build().find(FILE));
    assertEquals(List.of(first), builder.build().require(List.of(FILE)));
  }

  @Test
  void theSystemPropertyNamesAFolderThatComesAfterTheGivenOnes() {
    String before = System.getProperty(ModelStore.PROPERTY);
    System.setProperty(ModelStore.PROPERTY, folder.resolve("named").toString());
    try {
      List<Path> folders = ModelStore.builder().folder(folder).build().folders();
      assertEquals(List.of(folder, folder.resolve("named")), folders.subList(0, 2));
      assertEquals(List.of(folder), ModelStore.of(folder).folders());
    } finally {
      if (before == null) {
        System.clearProperty(ModelStore.PROPERTY);
      } else {
        System.setProperty(ModelStore.PROPERTY, before);
      }
    }
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    ModelNotFoundException missing =
        assertThrows(
            ModelNotFoundException.class, () -> ModelStore.of(folder).require(List.of(FILE)));
    for (String part :
        List.of("net.pt or net.npy", "MIT", "the test", "--models", folder.toString())) {
      assertTrue(missing.getMessage().contains(part), missing.getMessage());
    }
    assertThrows(ModelNotFoundException.class, () -> in("nowhere").find(FILE));
  }

  @Test
  void hashesAreVerified() throws Exception {
    assertEquals(
        ModelStore.HashCheck.Verdict.MATCHES,
        ModelStore.check(FILE, put("x.bin", WEIGHTS)).verdict());
    assertEquals(
        ModelStore.HashCheck.Verdict.DIFFERS,
        ModelStore.check(FILE, put("net.pt", new byte[1])).verdict());
    assertEquals(
        ModelStore.HashCheck.Verdict.UNKNOWN,
        ModelStore.check(FILE, put("net.npy", new byte[1])).verdict());
    assertThrows(
        ModelNotFoundException.class, () -> ModelStore.check(FILE, folder.resolve("none")));
  }

  @Test
  void whatCannotBeIsRefusedAtOnce() {
    ModelStoreBuilder builder = ModelStore.builder().cache(folder).offline(true).folder(folder);
    builder.attempts(1).stallTimeout(Duration.ofSeconds(1)).progress(ProgressListener.NONE);
    for (Runnable again :
        List.<Runnable>of(
            () -> builder.cache(folder),
            () -> builder.offline(false),
            () -> builder.folder(folder),
            () -> builder.attempts(2),
            () -> builder.stallTimeout(Duration.ofSeconds(2)),
            () -> builder.progress(ProgressListener.NONE))) {
      assertThrows(IllegalStateException.class, again::run);
    }
    for (Runnable wrong :
        List.<Runnable>of(
            () -> ModelStore.builder().attempts(0),
            () -> ModelStore.builder().stallTimeout(Duration.ZERO),
            () -> PublishedFile.Version.named("../escape"),
            () -> new PublishedFile.Version("x", -1, ""),
            () -> new PublishedFile.Version("x", 1, "XYZ"),
            () -> new PublishedFile("id", List.of(), "o", PublishedFile.License.MIT, null),
            () ->
                new PublishedFile(
                    "a/b",
                    List.of(PublishedFile.Version.named("x")),
                    "o",
                    PublishedFile.License.MIT,
                    null))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
  }

  @Test
  void aWordForOfflineIsYesOrNo() {
    String before = System.getProperty(ModelStore.OFFLINE_PROPERTY);
    try {
      for (String word : List.of("true", "TRUE", "1", "false", "0", "")) {
        System.setProperty(ModelStore.OFFLINE_PROPERTY, word);
        ModelStore.fromEnvironment();
      }
      System.setProperty(ModelStore.OFFLINE_PROPERTY, "perhaps");
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, ModelStore::fromEnvironment);
      assertTrue(e.getMessage().contains("perhaps"), e.getMessage());
      ModelStore.builder().offline(true).build();
    } finally {
      if (before == null) {
        System.clearProperty(ModelStore.OFFLINE_PROPERTY);
      } else {
        System.setProperty(ModelStore.OFFLINE_PROPERTY, before);
      }
    }
  }
}
