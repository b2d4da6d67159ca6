package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar that brings a model: its entry in a catalog, and its weights. */
class ModelInJarTest {
  private static final byte[] WEIGHTS = "weights".getBytes(StandardCharsets.UTF_8);
  private static final String RESOURCE = "META-INF/facepipeline/models/theirs.onnx";

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @TempDir Path folder;

  @AfterEach
  void giveTheLoaderBack() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private static String entry(byte[] weights) {
    return """
    {"models": [{
      "id": "theirs-in-a-jar", "kind": "face-detector", "architecture": "none",
      "format": "onnx",
      "files": [{"name": "theirs.onnx", "size": %d, "sha256": "%s", "download": "classpath:%s"}],
      "origin": "their repository", "license": "MIT"
    }]}
    """
        .formatted(weights.length, Hashing.sha256().hashBytes(weights), RESOURCE);
  }

  private URLClassLoader jar(String catalog, byte[] weights) throws IOException {
    Path jar = folder.resolve("theirs.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(ModelCatalog.RESOURCE));
      out.write(catalog.getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry(RESOURCE));
      out.write(weights);
    }
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, before);
  }

  private ModelStore store() {
    return ModelStore.builder().cache(folder.resolve("cache")).offline(true).build();
  }

  @Test
  void addingTheJarAddsTheModel() throws IOException {
    try (URLClassLoader loader = jar(entry(WEIGHTS), WEIGHTS)) {
      Thread.currentThread().setContextClassLoader(loader);
      CatalogEntry entry = ModelCatalog.installed().entry("theirs-in-a-jar").orElseThrow();
      Path file = store().require(entry.files()).get(0);
      assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
      assertEquals(file, store().require(entry.files()).get(0));
      assertEquals(file, store().find(entry.file()).orElseThrow());
      assertEquals(
          ModelStore.HashCheck.Verdict.MATCHES, ModelStore.check(entry.file(), file).verdict());
    }
  }

  @Test
  void aJarWithOtherWeightsIsRefusedAndLeavesNothing() throws IOException {
    byte[] others = "Weights".getBytes(StandardCharsets.UTF_8);
    try (URLClassLoader loader = jar(entry(WEIGHTS), others)) {
      Thread.currentThread().setContextClassLoader(loader);
      CatalogEntry entry = ModelCatalog.installed().entry("theirs-in-a-jar").orElseThrow();
      assertRefused(Reason.INTEGRITY, () -> store().require(entry.files()));
      assertEquals(List.of(), store().cached());
    }
  }

  @Test
  void withoutTheJarItsFileIsNamed() {
    CatalogEntry entry = ModelCatalog.parse("a file", entry(WEIGHTS)).entries().get(0);
    ModelNotFoundException e =
        assertThrows(ModelNotFoundException.class, () -> store().require(entry.files()));
    assertTrue(e.getMessage().contains(RESOURCE), e.getMessage());
    for (String wrong : List.of("", "/a", "../a", "a//b", "a b")) {
      String json = entry(WEIGHTS).replace(RESOURCE, wrong);
      assertThrows(RuntimeException.class, () -> ModelCatalog.parse("a file", json), wrong);
    }
  }
}
