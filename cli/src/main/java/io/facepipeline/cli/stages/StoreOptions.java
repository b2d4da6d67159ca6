package io.facepipeline.cli.stages;

import io.facepipeline.ProgressListener;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreBuilder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for finding models. */
public final class StoreOptions {
  @Option(
      names = "--models",
      paramLabel = "DIR",
      converter = ExistingFolder.class,
      description = "Folder of published weights (or set FACEPIPELINE_MODELS).")
  @Nullable Path models;

  @Option(
      names = "--model-cache",
      paramLabel = "DIR",
      description = "Cache of downloads and converted models (or set FACEPIPELINE_CACHE).")
  @Nullable Path cache;

  @Option(names = "--offline", description = "Download nothing (or set FACEPIPELINE_OFFLINE=true).")
  public boolean offline;

  @Option(
      names = "--commercial-only",
      description = "Refuse weights whose authors do not state that commercial use is allowed.")
  boolean commercialOnly;

  public ModelStoreBuilder store(ProgressListener progress) {
    ModelStoreBuilder store = ModelStore.builder().progress(progress);
    if (models != null) {
      store.folder(models);
    }
    if (cache != null) {
      store.cache(cache);
    }
    if (commercialOnly) {
      store.onlyCommercialUse();
    }
    if (offline) {
      store.offline(true);
    }
    return store;
  }
}
