package io.facepipeline.gallery;

import io.facepipeline.gallery.log.LogFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk on which a process writes until it is killed, at any byte and between any two calls:
 * nothing that it does afterwards has an effect.
 */
final class DyingDisk implements LogFile.Opener {
  private long budget;

  /**
   * Makes a disk.
   *
   * @param budget how much is done yet: a byte that is written counts one, and so does every other
   *     call
   */
  DyingDisk(long budget) {
    this.budget = budget;
  }

  boolean isDead() {
    return budget <= 0;
  }

  private void spend() throws IOException {
    if (--budget <= 0) {
      throw new IOException("killed");
    }
  }

  @Override
  public void replace(Path file, Path target) throws IOException {
    spend();
    LogFile.Opener.super.replace(file, target);
    spend();
  }

  @Override
  public LogFile open(Path path) throws IOException {
    spend();
    LogFile file = LogFile.open(path);
    return new LogFile() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        int fits = (int) Math.max(0, Math.min(budget, length));
        file.write(bytes, offset, fits);
        budget -= length;
        if (budget <= 0) {
          throw new IOException("killed");
        }
      }

      @Override
      public void overwrite(long position, byte[] bytes) throws IOException {
        // The system does a write of less than a sector at once.
        spend();
        file.overwrite(position, bytes);
        spend();
      }

      @Override
      public boolean read(long position, byte[] target) throws IOException {
        return file.read(position, target);
      }

      @Override
      public long length() throws IOException {
        return file.length();
      }

      @Override
      public void force() throws IOException {
        // Whether it reached the disk matters to a failure of the power, not to a kill.
        spend();
      }

      @Override
      public void truncate(long length) throws IOException {
        spend();
        file.truncate(length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
