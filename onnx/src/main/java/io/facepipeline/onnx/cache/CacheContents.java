package io.facepipeline.onnx.cache;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.facepipeline.internal.UserCache;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What lies in a cache. */
public final class CacheContents {
  private static final String LOCK = ".lock";

  private CacheContents() {}

  public static List<ModelStore.CachedItem> of(Path cache) {
    try {
      List<ModelStore.CachedItem> items = new ArrayList<>();
      for (Path file : files(cache.resolve("models"))) {
        if (!file.toString().endsWith(LOCK)) {
          items.add(item(ModelStore.CachedItem.Kind.DOWNLOADED, file, List.of(file)));
        }
      }
      items.addAll(new ConvertedModels(cache).items());
      Path natives = cache.resolve("natives");
      if (Files.isDirectory(natives)) {
        try (Stream<Path> folders = Files.list(natives)) {
          for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
            items.add(item(ModelStore.CachedItem.Kind.NATIVE, folder, files(folder)));
          }
        }
      }
      return items;
    } catch (IOException e) {
      throw failure(cache, e);
    }
  }

  public static List<ModelStore.CachedItem> clean(Path cache) {
    List<ModelStore.CachedItem> removed = new ArrayList<>();
    try {
      for (ModelStore.CachedItem item : of(cache)) {
        switch (item.kind()) {
          case CONVERTED -> ConvertedModels.remove(item.path());
          case NATIVE ->
              MoreFiles.deleteRecursively(item.path(), RecursiveDeleteOption.ALLOW_INSECURE);
          case DOWNLOADED -> {
            continue;
          }
        }
        removed.add(item);
      }
      return removed;
    } catch (IOException e) {
      throw failure(cache, e);
    }
  }

  private static ModelStore.CachedItem item(
      ModelStore.CachedItem.Kind kind, Path path, List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return new ModelStore.CachedItem(
        kind, path, bytes, Files.getLastModifiedTime(path).toInstant());
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static ModelStoreException failure(Path cache, IOException e) {
    return new ModelStoreException(
        Reason.CACHE,
        "the cache "
            + cache
            + " cannot be read or cleaned ("
            + e
            + "); check its rights, or "
            + UserCache.advice(),
        e);
  }
}
