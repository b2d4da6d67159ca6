package io.facepipeline.gallery.log;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file operations of a gallery, so that tests can put a full disk or a killed process in their
 * place. Not a {@code FileChannel}: that one closes when a thread that writes is interrupted.
 */
public interface LogFile extends Closeable {
  /**
   * Appends bytes, all or an exception, at what is the end of the file then. The system keeps two
   * writers' bytes apart: none overwrites what another has appended.
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Writes bytes over those at a position. */
  void overwrite(long position, byte[] bytes) throws IOException;

  /** Fills an array from a position on, and says whether the file holds so much. */
  boolean read(long position, byte[] target) throws IOException;

  long length() throws IOException;

  /** Waits until everything that was written is on the disk. */
  void force() throws IOException;

  /** Cuts off the end. */
  void truncate(long length) throws IOException;

  /** Opens files. */
  @FunctionalInterface
  interface Opener {
    LogFile open(Path path) throws IOException;

    /** Whether logs may be mapped into memory; Windows would not replace one that is. */
    default boolean maps() {
      return !System.getProperty("os.name", "").startsWith("Windows");
    }

    /** Gives a file another's name. */
    default void replace(Path file, Path target) throws IOException {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Opens or makes a file, which is its owner's alone if it is made. */
  static LogFile open(Path path) throws IOException {
    OwnerOnly.create(path);
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    FileOutputStream end;
    try {
      end = new FileOutputStream(path.toFile(), true);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new LogFile() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        end.write(bytes, offset, length);
      }

      @Override
      public void overwrite(long position, byte[] bytes) throws IOException {
        file.seek(position);
        file.write(bytes);
      }

      @Override
      public boolean read(long position, byte[] target) throws IOException {
        if (file.length() < position + target.length) {
          return false;
        }
        file.seek(position);
        file.readFully(target);
        return true;
      }

      @Override
      public long length() throws IOException {
        return file.length();
      }

      @Override
      public void force() throws IOException {
        file.getFD().sync();
      }

      @Override
      public void truncate(long length) throws IOException {
        file.setLength(length);
      }

      @Override
      public void close() throws IOException {
        try (file) {
          end.close();
        }
      }
    };
  }
}
