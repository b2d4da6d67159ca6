package io.facepipeline.onnx.store;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.UserCache;
import io.facepipeline.onnx.cache.Disk;
import io.facepipeline.onnx.download.Downloader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds a {@link ModelStore}. Not thread-safe. */
public final class ModelStoreBuilder {
  private static final int MAX_ATTEMPTS = 100;

  private final List<Path> given = new ArrayList<>();
  private final Set<String> accepted = new HashSet<>();
  private @Nullable Path cache;
  private @Nullable Boolean offline;
  private @Nullable Mirror mirror;
  private @Nullable String npmRegistry;
  private boolean commercialUse;
  private @Nullable ProgressListener progress;
  private @Nullable Duration stallTimeout;
  private @Nullable Integer attempts;
  private Duration firstPause = Duration.ofSeconds(1);
  private Disk disk = new Disk();
  private boolean onlyFolders;

  ModelStoreBuilder() {}

  /**
   * Adds a folder to search before all others.
   *
   * @param folder a folder of models; it must exist when a model is needed
   * @return this
   * @throws IllegalStateException if it was added already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder folder(Path folder) {
    if (given.contains(folder)) {
      throw new IllegalStateException("the folder of models " + folder + " was already added");
    }
    given.add(folder);
    return this;
  }

  /**
   * Sets the cache for downloads and converted models. By default, the system property {@code
   * facepipeline.cache}, the environment variable {@code FACEPIPELINE_CACHE}, or the operating
   * system's folder for caches decides.
   *
   * @param folder the folder; created when needed
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder cache(Path folder) {
    SetOnce.refuseSecond("cache", cache);
    cache = folder;
    return this;
  }

  /**
   * Sets whether downloads are forbidden. By default, the system property {@code
   * facepipeline.offline} or the environment variable {@code FACEPIPELINE_OFFLINE} decides.
   *
   * @param forbidden whether they are
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder offline(boolean forbidden) {
    SetOnce.refuseSecond("offline", offline);
    offline = forbidden;
    return this;
  }

  /**
   * Accepts the restricted license of a model: without it, the model is not downloaded.
   *
   * @param modelId the catalog id
   * @return this
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder acceptLicense(String modelId) {
    accepted.add(modelId);
    return this;
  }

  /**
   * Refuses every model whose authors do not state that commercial use of the weights is allowed,
   * also those that are here already. A file that is named by its path is refused too, unless the
   * catalog knows its hash or its card says {@code "commercialUse": "yes"}, where it is loaded with
   * this store. The default models of {@code facepipeline-models} do not come from a store; read
   * their entries.
   *
   * @return this
   * @throws IllegalStateException if it was called already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder onlyCommercialUse() {
    SetOnce.refuseSecond("commercial use", commercialUse ? Boolean.TRUE : null);
    commercialUse = true;
    return this;
  }

  /**
   * Sets a mirror to download from, for machines that reach no other server. By default, the system
   * property {@code facepipeline.mirror} or the environment variable {@code FACEPIPELINE_MIRROR}
   * names it. Sizes and hashes are checked as they would be at the origin.
   *
   * @param address stands in place of the scheme and host of every address; <code>{host}</code> in
   *     it becomes the host, as in <code>https://mirror.example/{host}</code>
   * @return this
   * @throws IllegalArgumentException if it is not an http or https address
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder mirror(String address) {
    SetOnce.refuseSecond("mirror", mirror);
    mirror = Mirror.of(address);
    return this;
  }

  /**
   * Sets the npm registry that files in npm packages are downloaded from. By default, the system
   * property {@code facepipeline.npm} or the environment variable {@code FACEPIPELINE_NPM} names
   * it, else {@code npm_config_registry}, as npm does.
   *
   * @param address an http or https address
   * @return this
   * @throws IllegalArgumentException if it is none
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder npmRegistry(String address) {
    SetOnce.refuseSecond("npm registry", npmRegistry);
    npmRegistry = Mirror.requireAddress("npm registry", address);
    return this;
  }

  /**
   * Sets a listener for downloads: it gets the received bytes, the total bytes (-1 if unknown) and
   * the file's name. It is called in the thread that needs the model.
   *
   * @param listener the listener
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder progress(ProgressListener listener) {
    SetOnce.refuseSecond("progress listener", progress);
    progress = listener;
    return this;
  }

  /**
   * Sets how long a server may send nothing before an attempt fails; the default is 30 seconds.
   *
   * @param limit more than zero
   * @return this
   * @throws IllegalArgumentException if it is not positive
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder stallTimeout(Duration limit) {
    SetOnce.refuseSecond("stall timeout", stallTimeout);
    if (limit.isZero() || limit.isNegative()) {
      throw new IllegalArgumentException("the stall timeout must be positive, got " + limit);
    }
    stallTimeout = limit;
    return this;
  }

  /**
   * Sets how often a download is attempted, with pauses that start at one second and double; the
   * default is 5.
   *
   * @param number 1 to 100
   * @return this
   * @throws IllegalArgumentException if it is out of range
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public ModelStoreBuilder attempts(int number) {
    SetOnce.refuseSecond("number of attempts", attempts);
    if (number < 1 || number > MAX_ATTEMPTS) {
      throw new IllegalArgumentException(
          "the number of attempts must be between 1 and " + MAX_ATTEMPTS + ", got " + number);
    }
    attempts = number;
    return this;
  }

  /** Shortens the pauses, for tests. */
  ModelStoreBuilder firstPause(Duration pause) {
    firstPause = pause;
    return this;
  }

  /** Puts another disk in the place of the real one, for tests. */
  ModelStoreBuilder disk(Disk other) {
    disk = other;
    return this;
  }

  /** Leaves the environment, the cache and downloads out. */
  ModelStoreBuilder onlyFolders() {
    onlyFolders = true;
    return this;
  }

  /**
   * {@return the store}
   *
   * @throws IllegalArgumentException if a setting of the environment cannot be used
   */
  public ModelStore build() {
    return new ModelStore(this);
  }

  List<Path> folders() {
    List<Path> all = new ArrayList<>(given);
    if (!onlyFolders) {
      addNamed(all, System.getProperty(ModelStore.PROPERTY));
      addNamed(all, System.getenv(ModelStore.VARIABLE));
    }
    return List.copyOf(all);
  }

  private static void addNamed(List<Path> folders, @Nullable String name) {
    if (name != null && !name.isBlank() && !folders.contains(Path.of(name))) {
      folders.add(Path.of(name));
    }
  }

  Optional<Path> cacheFolder() {
    return cache == null ? UserCache.find() : Optional.of(cache);
  }

  boolean usesCache() {
    return !onlyFolders;
  }

  boolean isOffline() {
    if (offline != null) {
      return offline;
    }
    String property = System.getProperty(ModelStore.OFFLINE_PROPERTY);
    return isYes(ModelStore.OFFLINE_PROPERTY, property)
        || isYes(ModelStore.OFFLINE_VARIABLE, System.getenv(ModelStore.OFFLINE_VARIABLE));
  }

  /** A word that is neither yes nor no must not mean no: somebody wanted no connection. */
  private static boolean isYes(String setting, @Nullable String value) {
    return switch (value == null ? "" : value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0", "" -> false;
      default ->
          throw new IllegalArgumentException(
              setting + " is \"" + value + "\"; set it to true or false");
    };
  }

  /** Where to download from instead of the origins. */
  Optional<Mirror> origins() {
    if (mirror != null) {
      return Optional.of(mirror);
    }
    return Optional.ofNullable(System.getProperty(ModelStore.MIRROR_PROPERTY))
        .or(() -> Optional.ofNullable(System.getenv(ModelStore.MIRROR_VARIABLE)))
        .filter(address -> !address.isBlank())
        .map(Mirror::of);
  }

  Optional<String> registry() {
    return Optional.ofNullable(npmRegistry)
        .or(() -> Optional.ofNullable(System.getProperty(ModelStore.NPM_PROPERTY)))
        .or(() -> Optional.ofNullable(System.getenv(ModelStore.NPM_VARIABLE)))
        .or(() -> Optional.ofNullable(System.getenv("npm_config_registry")))
        .filter(address -> !address.isBlank())
        .map(address -> Mirror.requireAddress("npm registry", address));
  }

  boolean isForCommercialUse() {
    return commercialUse;
  }

  Set<String> accepted() {
    return Set.copyOf(accepted);
  }

  ProgressListener listener() {
    return progress == null ? ProgressListener.NONE : progress;
  }

  Downloader downloader() {
    return new Downloader(
        disk,
        stallTimeout == null ? Duration.ofSeconds(30) : stallTimeout,
        attempts == null ? 5 : attempts,
        firstPause);
  }
}
