package io.facepipeline.onnx.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock on a file name that holds among the threads of this process and among processes: a file
 * beside it, locked through the operating system, which lets go of it when a process dies. The lock
 * file stays, since removing it would let two processes lock two files of one name.
 */
final class FileLocks {
  /** The operating system's locks are per process, so threads need one of their own. */
  private static final ConcurrentHashMap<Path, ReentrantLock> OF_THIS_PROCESS =
      new ConcurrentHashMap<>();

  /** What is done while the lock is held. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  private FileLocks() {}

  /** Waits for the lock on a name; its folder is made where it is missing. */
  static <T> T holding(Path file, Action<T> action) throws IOException {
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new IOException(file + " has no parent folder");
    }
    Files.createDirectories(folder);
    Path lockFile = folder.resolve(file.getFileName() + ".lock");
    ReentrantLock own = OF_THIS_PROCESS.computeIfAbsent(lockFile, p -> new ReentrantLock());
    own.lock();
    try (FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock(); // let go of when the channel closes
      return action.run();
    } finally {
      own.unlock();
    }
  }
}
