package io.facepipeline.onnx.cache;

import io.facepipeline.ProgressListener;
import io.facepipeline.internal.UserCache;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.download.Downloader;
import io.facepipeline.onnx.download.PartialFile;
import io.facepipeline.onnx.download.TarMember;
import io.facepipeline.onnx.download.Transfer;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The downloaded files, {@code models/ID/NAME} below the cache, and what their hashes must be: the
 * published ones, else those of the first use.
 */
public final class ModelCache {
  private final Path cache;
  private final HashLock lock;

  public ModelCache(Path cache) {
    this.cache = cache;
    lock = new HashLock(cache);
  }

  Path path(PublishedFile file) {
    return cache.resolve("models").resolve(file.id()).resolve(file.usual().name());
  }

  /** Finds a file that was downloaded, and makes sure that it is what it was. */
  public Optional<Path> find(PublishedFile file) {
    Path path = path(file);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try {
      requireExpected(file, path, path);
      return Optional.of(path);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Downloads a file unless another process or thread has just done so. */
  public Path fetch(PublishedFile file, Downloader downloader, ProgressListener progress) {
    Path path = path(file);
    try {
      return FileLocks.holding(
          path,
          () -> {
            Optional<Path> there = find(file);
            if (there.isEmpty()) {
              download(file, path, downloader, progress);
            }
            return path;
          });
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private void download(
      PublishedFile file, Path path, Downloader downloader, ProgressListener progress)
      throws IOException {
    URI from = file.downloadable().orElseThrow();
    if (ClassPathFile.isOne(from)) {
      unpack(file, ClassPathFile.at(from), path);
      return;
    }
    if (from.getFragment() != null) {
      unpack(file, from, path, downloader, progress);
      return;
    }
    Transfer transfer = new Transfer(from, path, file.usual().size(), progress);
    PartialFile part = new PartialFile(path);
    boolean joined = downloader.download(transfer, part);
    try {
      requireExpected(file, part.content(), path);
    } catch (ModelStoreException e) {
      if (e.reason() != Reason.INTEGRITY) {
        throw e;
      }
      part.delete();
      if (!joined) {
        throw e;
      }
      // Two halves of different files look like this; one download in one piece does not.
      downloader.download(transfer, part);
      requireWhole(file, part, path);
    }
    WholeFile.publish(part.content(), path);
    part.published();
  }

  /** Copies a file out of a jar, since the runtime opens only files. */
  private void unpack(PublishedFile file, ClassPathFile from, Path path) throws IOException {
    PartialFile part = new PartialFile(path);
    try {
      from.copyTo(part.content());
      requireWhole(file, part, path);
      WholeFile.publish(part.content(), path);
    } finally {
      part.delete();
    }
  }

  /** Downloads an archive, and keeps one file of it. */
  private void unpack(
      PublishedFile file, URI from, Path path, Downloader downloader, ProgressListener progress)
      throws IOException {
    String address = from.toString();
    Path archive = path.resolveSibling(path.getFileName() + ".tgz");
    PartialFile whole = new PartialFile(archive);
    PartialFile part = new PartialFile(path);
    Transfer transfer =
        new Transfer(URI.create(address.substring(0, address.indexOf('#'))), archive, 0, progress);
    boolean joined = downloader.download(transfer, whole);
    try {
      TarMember member = new TarMember(whole.content(), from.getFragment());
      try {
        copy(member, file, part, path);
      } catch (ModelStoreException e) {
        if (!joined || e.reason() != Reason.INTEGRITY) {
          throw e;
        }
        // Two halves of different archives look like this; one download in one piece does not.
        whole.delete();
        downloader.download(transfer, whole);
        copy(member, file, part, path);
      }
      WholeFile.publish(part.content(), path);
    } finally {
      part.delete();
      whole.delete();
    }
  }

  private void copy(TarMember member, PublishedFile file, PartialFile part, Path path)
      throws IOException {
    member.copyTo(part.content(), Transfer.limit(file.usual().size()));
    requireWhole(file, part, path);
  }

  private void requireWhole(PublishedFile file, PartialFile part, Path path) throws IOException {
    try {
      requireExpected(file, part.content(), path);
    } catch (ModelStoreException e) {
      if (e.reason() != Reason.INTEGRITY) {
        throw e;
      }
      part.delete();
      throw e;
    }
  }

  /** Checks a file against what is known, and records it where nothing is. */
  private void requireExpected(PublishedFile file, Path content, Path shown) throws IOException {
    PublishedFile.Version published = file.usual();
    long size = Files.size(content);
    if (published.size() > 0 && size != published.size()) {
      throw new ModelStoreException(
          Reason.INTEGRITY,
          shown
              + " has "
              + size
              + " bytes where "
              + published.size()
              + " were published; remove it to download it again");
    }
    String hash = Hashes.sha256(content);
    if (!hash.startsWith(published.sha256())) {
      throw new ModelStoreException(
          Reason.INTEGRITY,
          shown
              + " has the SHA-256 "
              + hash
              + " where "
              + published.sha256()
              + " was published; it is damaged or a different file: remove it to download it"
              + " again");
    }
    if (published.hasWholeHash()) {
      return;
    }
    Optional<HashLock.Entry> first = lock.find(file);
    if (first.isEmpty()) {
      lock.record(file, new HashLock.Entry(size, hash));
    } else if (!first.get().sha256().equals(hash)) {
      throw new ModelStoreException(
          Reason.INTEGRITY,
          shown
              + " has the SHA-256 "
              + hash
              + " where it had "
              + first.get().sha256()
              + " when it was first used, as "
              + lock.file()
              + " tells; if you trust the change, remove that entry");
    }
  }

  private ModelStoreException unusable(IOException e) {
    return new ModelStoreException(
        Reason.CACHE,
        "the cache "
            + cache
            + " cannot be used ("
            + e
            + "); check its rights, or name another with the environment variable "
            + UserCache.VARIABLE
            + " or the system property "
            + UserCache.PROPERTY,
        e);
  }
}
