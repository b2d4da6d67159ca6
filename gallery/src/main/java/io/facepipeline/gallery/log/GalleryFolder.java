package io.facepipeline.gallery.log;

import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.internal.Uninterruptibly;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a gallery's folder: {@code faces.log} and {@code faces.end}, the lock, a log that is
 * being written, {@code faces.codes}, and {@code faces.unread-1} and so on. The last hold what an
 * opening could not read and was not allowed to go on with: it is never destroyed, until somebody
 * compacts the gallery.
 */
record GalleryFolder(Path path) {
  private static final String LOG = "faces.log";
  private static final String FRESH = "faces.log.tmp";
  private static final String OWN_END = GalleryEnd.NAME + ".tmp";
  private static final String UNREAD = "faces.unread-";
  private static final String CODES = "faces.codes";
  private static final String FRESH_CODES = "faces.codes.tmp";

  /** A log of this size holds no faces yet, whatever its embedder is called. */
  private static final int EMPTY_LOG = 4096;

  Path log() {
    return path.resolve(LOG);
  }

  /** A log that is being written, of one writer: another's is never taken for it. */
  Path fresh(long owner) {
    return path.resolve(FRESH + "-" + Long.toHexString(owner));
  }

  /** Codes of the log's vectors. */
  Path codes() {
    return path.resolve(CODES);
  }

  /** Codes that are being written, of one writer. */
  Path freshCodes(long owner) {
    return path.resolve(FRESH_CODES + "-" + Long.toHexString(owner));
  }

  /** Which log is there, and how long it is. */
  record Version(FileIdentity log, long length) {}

  Version version() throws IOException {
    return new Version(FileIdentity.of(log()), Files.size(log()));
  }

  /**
   * Whether there is a gallery.
   *
   * @throws GalleryException if that cannot be known, if it is a file, or if its log is gone
   */
  boolean holdsGallery() {
    if (Files.isRegularFile(path)) {
      throw new GalleryException(
          Reason.STORAGE, path, "is a file; a gallery is a folder: name another");
    }
    try {
      Files.readAttributes(log(), BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      return holdsNone();
    } catch (AccessDeniedException e) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "cannot be entered; give this user the right to read the folder and its files",
          e);
    } catch (IOException e) {
      throw new GalleryException(Reason.STORAGE, path, "cannot be read: " + e, e);
    }
  }

  private boolean holdsNone() {
    try {
      if (GalleryEnd.read(path).stream().anyMatch(state -> state.nextNumber() > 1)) {
        throw new GalleryException(
            Reason.DAMAGED,
            path,
            "held a gallery whose "
                + LOG
                + " is gone; restore it from a copy, or delete "
                + GalleryEnd.NAME
                + " to start again");
      }
      return false;
    } catch (IOException e) {
      throw new GalleryException(Reason.STORAGE, path, "cannot be read: " + e, e);
    }
  }

  /** Deletes what was being written and is nobody's any more; gives the files' names. */
  List<String> clearFresh() throws IOException {
    List<String> cleared = new ArrayList<>();
    List<Path> left = new ArrayList<>(files(FRESH + "*"));
    left.addAll(files(FRESH_CODES + "*"));
    for (Path file : left) {
      if (Files.deleteIfExists(file)) {
        cleared.add(file.getFileName().toString());
      }
    }
    return cleared;
  }

  /** Puts aside logs that were being written, where they may be the only ones that are left. */
  void keepFresh() throws IOException {
    for (Path file : files(FRESH + "*")) {
      if (Files.size(file) > EMPTY_LOG) {
        Files.move(file, unread());
      }
    }
  }

  private List<Path> files(String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, pattern)) {
      files.forEach(found::add);
    }
    return found;
  }

  /** Makes renamed files keep their names if the power fails. */
  static void forceNames(Path folder) throws IOException {
    // Windows does this by itself, and does not open folders.
    if (!System.getProperty("os.name", "").startsWith("Windows")) {
      Uninterruptibly.run(
          () -> {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
              directory.force(true);
            }
            return folder;
          });
    }
  }

  /** Copies what an opening cannot read, and says into which file. */
  String setAside(long from, long to) throws IOException {
    Path file = unread();
    boolean whole = false;
    OwnerOnly.create(file);
    try (RandomAccessFile in = new RandomAccessFile(log().toFile(), "r");
        FileOutputStream out = new FileOutputStream(file.toFile())) {
      in.seek(from);
      byte[] some = new byte[1 << 16];
      for (long left = to - from; left > 0; ) {
        int count = (int) Math.min(left, some.length);
        in.readFully(some, 0, count);
        out.write(some, 0, count);
        left -= count;
      }
      out.getFD().sync();
      whole = true;
    } finally {
      if (!whole) {
        file.toFile().delete();
      }
    }
    forceNames(path);
    return file.getFileName().toString();
  }

  /** Keeps the whole log under another name, and says under which. */
  String setAsideLog() throws IOException {
    Path file = unread();
    try {
      Files.createLink(file, log());
    } catch (UnsupportedOperationException | IOException e) {
      return setAside(0, Files.size(log()));
    }
    forceNames(path);
    return file.getFileName().toString();
  }

  /**
   * Refuses a folder inside of a zip file or the like, which no file can be locked or grow in.
   *
   * @throws GalleryException if it is in another file system than the default one
   */
  void requireUsual() {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "is not in the default file system but in a "
              + path.getFileSystem().provider().getScheme()
              + " one, which cannot hold a gallery; copy the folder to the default file system");
    }
  }

  /**
   * Makes sure that the end belongs to this folder alone. A copy of the folder by links shares it,
   * and would be told of another log as soon as one of the two is compacted.
   */
  void ownEnd() throws IOException {
    Path end = path.resolve(GalleryEnd.NAME);
    if (!isShared(end)) {
      return;
    }
    byte[] bytes = Files.readAllBytes(end);
    Path own = path.resolve(OWN_END);
    Files.deleteIfExists(own);
    OwnerOnly.create(own);
    try {
      try (FileOutputStream out = new FileOutputStream(own.toFile())) {
        out.write(bytes);
        out.getFD().sync();
      }
      OwnerOnly.like(end, own);
      Files.move(own, end, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(own);
    }
    forceNames(path);
  }

  private static boolean isShared(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    return Files.isSymbolicLink(file)
        || (file.getFileSystem().supportedFileAttributeViews().contains("unix")
            && (int) Files.getAttribute(file, "unix:nlink") > 1);
  }

  private Path unread() {
    for (int n = 1; ; n++) {
      Path file = path.resolve(UNREAD + n);
      if (Files.notExists(file)) {
        return file;
      }
    }
  }

  /** Deletes what was put aside, and what was made of a log that was replaced. */
  void deleteOld() throws IOException {
    Files.deleteIfExists(codes());
    for (Path file : files(UNREAD + "*")) {
      Files.deleteIfExists(file);
    }
  }
}
