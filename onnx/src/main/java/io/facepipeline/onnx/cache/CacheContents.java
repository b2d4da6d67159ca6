package io.facepipeline.onnx.cache;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.facepipeline.internal.UserCache;
import io.facepipeline.onnx.store.CachedItem;
import io.facepipeline.onnx.store.ModelStoreException;
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

  public static List<CachedItem> of(Path cache) {
    try {
      List<CachedItem> items = new ArrayList<>();
      for (Path file : files(cache.resolve("models"))) {
        if (!file.toString().endsWith(LOCK)) {
          items.add(item(CachedItem.Kind.DOWNLOADED, file, List.of(file)));
        }
      }
      items.addAll(new ConvertedModels(cache).items());
      Path natives = cache.resolve("natives");
      if (Files.isDirectory(natives)) {
        try (Stream<Path> folders = Files.list(natives)) {
          for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
            items.add(item(CachedItem.Kind.NATIVE, folder, files(folder)));
          }
        }
      }
      return items;
    } catch (IOException e) {
      throw failure(cache, e);
    }
  }

  public static List<CachedItem> clean(Path cache) {
    List<CachedItem> removed = new ArrayList<>();
    try {
      for (CachedItem item : of(cache)) {
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

  private static CachedItem item(CachedItem.Kind kind, Path path, List<Path> files)
      throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return new CachedItem(kind, path, bytes, Files.getLastModifiedTime(path).toInstant());
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
        "the cache "
            + cache
            + " cannot be read or cleaned ("
            + e
            + "); check its rights, or "
            + UserCache.advice(),
        e);
  }
}
