package io.facepipeline.examples;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.testkit.FaceEmbedderContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class OwnBackboneTest extends FaceEmbedderContract {
  @TempDir Path folder;

  @Override
  protected FaceEmbedder embedder() {
    Path file = CosineWaves.checkpoint(folder.resolve("cosine_waves.safetensors"));
    return Backbone.named("cosine-waves").orElseThrow().load(file);
  }
}
