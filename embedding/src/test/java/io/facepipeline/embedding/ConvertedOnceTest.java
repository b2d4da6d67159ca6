package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is converted once; a damaged result is made anew. */
class ConvertedOnceTest {
  private static List<Path> converted(Path cache) throws IOException {
    try (var files = Files.list(cache.resolve("converted"))) {
      return files.filter(f -> f.toString().endsWith(".onnx")).toList();
    }
  }

  /** The models, and the weights that lie beside them. */
  private static List<Path> made(Path cache) throws IOException {
    try (var files = Files.list(cache.resolve("converted"))) {
      return files.filter(f -> f.toString().matches(".*\\.(onnx|weights)")).toList();
    }
  }

  @Test
  void theSecondLoadTakesTheConvertedModel(@TempDir Path cache) throws Exception {
    ModelStore store =
        ModelStore.builder()
            .cache(cache)
            .offline(true)
            .folder(SharedData.path("models/mobilefacenet"))
            .build();
    load(store);
    List<Path> first = converted(cache);
    assertEquals(1, first.size());
    FileTime made = Files.getLastModifiedTime(first.get(0));
    load(store);
    assertEquals(first, converted(cache));
    assertEquals(made, Files.getLastModifiedTime(first.get(0)));

    for (Path file : made(cache)) {
      byte[] sound = Files.readAllBytes(file);
      byte[] damaged = sound.clone();
      damaged[sound.length / 2] ^= 1;
      Files.write(file, damaged);
      load(store);
      assertEquals(-1, Arrays.mismatch(sound, Files.readAllBytes(file)), file.toString());
    }
  }

  @Test
  void aCacheThatCannotBeWrittenCostsTimeOnly(@TempDir Path folder) throws Exception {
    Path blocked = Files.createFile(folder.resolve("file"));
    load(
        ModelStore.builder()
            .cache(blocked.resolve("cache"))
            .offline(true)
            .folder(SharedData.path("models/mobilefacenet"))
            .build());
  }

  private static void load(ModelStore store) {
    try (FaceEmbedder embedder =
        Backbone.MOBILEFACENET_FOAMLIU.load(store, EmbedderOptions.defaults())) {
      assertTrue(embedder.card().sourceSha256().startsWith("90a00ba1"));
    }
  }
}
