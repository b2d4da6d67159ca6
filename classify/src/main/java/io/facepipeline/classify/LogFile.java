package io.facepipeline.classify;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The file operations of a log, so that tests can put a full disk in their place. Not a {@code
 * FileChannel}: that one closes when a thread that writes is interrupted.
 */
interface LogFile extends Closeable {
  /** Appends bytes, all or an exception. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Waits until everything that was written is on the disk. */
  void force() throws IOException;

  /** Cuts off the end, and appends there from now on. */
  void truncate(long length) throws IOException;

  /** Opens files for appending. */
  @FunctionalInterface
  interface Opener {
    LogFile open(Path path) throws IOException;

    /** Whether logs may be mapped into memory; Windows would not replace one that is. */
    default boolean maps() {
      return !System.getProperty("os.name", "").startsWith("Windows");
    }
  }

  /** Opens or makes a file; appending begins at its end. */
  static LogFile open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      file.seek(file.length());
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new LogFile() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        file.write(bytes, offset, length);
      }

      @Override
      public void force() throws IOException {
        file.getFD().sync();
      }

      @Override
      public void truncate(long length) throws IOException {
        file.setLength(length);
        file.seek(length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
