package io.facepipeline.onnx.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.cache.ConvertedModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converted models are made once, and again when what they depend on changes or they are hurt. */
class ConvertedModelsTest {
  private static final byte[] MODEL = {1, 2, 3, 4};

  @TempDir Path cache;
  private final AtomicInteger made = new AtomicInteger();

  private Path get(String... dependsOn) {
    return new ConvertedModels(cache)
        .get(
            "net",
            List.of(dependsOn),
            out -> {
              made.incrementAndGet();
              out.write(ByteBuffer.wrap(MODEL));
            });
  }

  @Test
  void madeOnceForWhatItDependsOn() throws Exception {
    Path file = get("source", "1");
    assertArrayEquals(MODEL, Files.readAllBytes(file));
    assertEquals(file, get("source", "1"));
    assertEquals(1, made.get());
    assertNotEquals(file, get("source", "2"));
    assertNotEquals(file, get("other", "1"));
    assertEquals(3, made.get());
  }

  private Path prepared(ConvertedModels.Preparation preparation) {
    return new ConvertedModels(cache)
        .prepared("net", List.of("source"), out -> out.write(ByteBuffer.wrap(MODEL)), preparation);
  }

  private void prepare(Path model, Path result, Path weights) {
    made.incrementAndGet();
    try {
      assertArrayEquals(MODEL, Files.readAllBytes(model));
      Files.write(result, new byte[] {5});
      Files.write(weights, new byte[] {6, 7});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsPreparedIsKeptWithItsWeights() throws Exception {
    Path file = prepared(this::prepare);
    Path weights = file.resolveSibling(file.getFileName() + ".weights");
    assertArrayEquals(new byte[] {5}, Files.readAllBytes(file));
    assertArrayEquals(new byte[] {6, 7}, Files.readAllBytes(weights));
    assertEquals(file, prepared(this::prepare));
    assertEquals(1, made.get());
    Files.write(weights, new byte[] {6, 8});
    prepared(this::prepare);
    Files.delete(weights);
    prepared(this::prepare);
    assertEquals(3, made.get());
    assertArrayEquals(new byte[] {6, 7}, Files.readAllBytes(weights));
    try (var files = Files.list(file.getParent())) {
      assertEquals(
          List.of("", ".crc", ".lock", ".weights"),
          files
              .map(
                  f -> f.getFileName().toString().substring(file.getFileName().toString().length()))
              .sorted()
              .toList());
    }
  }

  @Test
  void whatCannotBePreparedLeavesNothing() throws Exception {
    ModelStoreException e =
        assertThrows(
            ModelStoreException.class,
            () ->
                prepared(
                    (model, result, weights) -> {
                      prepare(model, result, weights);
                      throw new MalformedModelException("the runtime says no");
                    }));
    assertTrue(e.getMessage().contains("the runtime says no"), e.getMessage());
    try (var files = Files.list(cache.resolve("converted"))) {
      assertEquals(List.of(), files.filter(f -> !f.toString().endsWith(".lock")).toList());
    }
  }

  @Test
  void damagedFilesAreMadeAnew() throws Exception {
    Path file = get("source");
    Path sum = file.resolveSibling(file.getFileName() + ".crc");
    Files.write(file, new byte[] {1, 2, 3, 5});
    assertArrayEquals(MODEL, Files.readAllBytes(get("source")));
    Files.write(file, new byte[] {1, 2});
    assertArrayEquals(MODEL, Files.readAllBytes(get("source")));
    Files.writeString(sum, "nonsense");
    get("source");
    Files.delete(sum);
    get("source");
    Files.delete(file);
    assertArrayEquals(MODEL, Files.readAllBytes(get("source")));
    assertEquals(6, made.get());
  }

  @Test
  void aConversionThatFailsLeavesNothing() throws Exception {
    ConvertedModels models = new ConvertedModels(cache);
    assertThrows(
        IllegalStateException.class,
        () ->
            models.get(
                "net",
                List.of("x"),
                out -> {
                  out.write(ByteBuffer.wrap(MODEL));
                  throw new IllegalStateException("no such network");
                }));
    ModelStoreException e =
        assertThrows(
            ModelStoreException.class,
            () ->
                models.get(
                    "net",
                    List.of("x"),
                    out -> {
                      throw new IOException("broken");
                    }));
    assertTrue(e.getMessage().contains("broken"), e.getMessage());
    try (var files = Files.walk(cache)) {
      assertTrue(files.filter(Files::isRegularFile).allMatch(p -> p.toString().endsWith(".lock")));
    }
  }

  @Test
  void aCacheThatCannotBeIsNamed() throws Exception {
    Path blocked = Files.createFile(cache.resolve("file"));
    assertThrows(
        ModelStoreException.class,
        () -> new ConvertedModels(blocked).get("net", List.of("x"), out -> {}));
  }

  private static void make(ConvertedModels models, String name, int bytes) {
    models.get(name, List.of(name), out -> out.write(ByteBuffer.allocate(bytes)));
  }

  private void wasLastUsed(String name, Duration ago) throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("converted"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith(name)).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(ago)));
      }
    }
  }

  private static List<String> kept(ConvertedModels models) throws IOException {
    return models.items().stream()
        .map(item -> String.valueOf(item.path().getFileName()).replaceFirst("-.*", ""))
        .sorted()
        .toList();
  }

  @Test
  void theCacheHasABound() throws Exception {
    ConvertedModels models = new ConvertedModels(cache, 100);
    make(models, "a", 40);
    make(models, "b", 40);
    wasLastUsed("a", Duration.ofDays(9));
    wasLastUsed("b", Duration.ofDays(8));
    make(models, "a", 40); // used again
    make(models, "c", 40); // too much: what was not used for longest goes
    assertEquals(List.of("a", "c"), kept(models));
    make(models, "d", 40); // too much, but all of it was used of late
    assertEquals(List.of("a", "c", "d"), kept(models));
    wasLastUsed("c", Duration.ofDays(2));
    make(models, "e", 40);
    assertEquals(List.of("a", "d", "e"), kept(models));
    try (Stream<Path> files = Files.list(cache.resolve("converted"))) {
      assertEquals(
          List.of(),
          files.filter(f -> f.toString().matches(".*/[bc]-.*(onnx|crc|weights)")).toList());
    }
  }

  @Test
  void whatIsMadeAgainByItselfCanBeRemoved() throws Exception {
    ModelStore store = ModelStore.builder().cache(cache).build();
    assertEquals(List.of(), store.cached());
    store.converted().get("net", List.of("x"), out -> out.write(ByteBuffer.wrap(MODEL)));
    Path download = cache.resolve("models/net/net.pt");
    Files.createDirectories(download.getParent());
    Files.write(download, new byte[7]);
    Path natives = Files.createDirectories(cache.resolve("natives/onnxruntime-old"));
    Files.write(natives.resolve("lib.so"), new byte[9]);
    assertEquals(20, store.cached().stream().mapToLong(ModelStore.CachedItem::bytes).sum());
    assertEquals(13, store.cleanCache().stream().mapToLong(ModelStore.CachedItem::bytes).sum());
    assertEquals(
        List.of(download), store.cached().stream().map(ModelStore.CachedItem::path).toList());
    assertTrue(Files.exists(download));
    assertEquals(List.of(), store.cleanCache());
    make(store.converted(), "net", 5);
    assertEquals(2, store.cached().size());
  }
}
