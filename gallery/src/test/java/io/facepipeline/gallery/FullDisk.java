package io.facepipeline.gallery;

import io.facepipeline.gallery.log.LogFile;
import java.io.IOException;
import java.nio.file.Path;

/** Files on a disk that has room for so many bytes, and then writes a part of what it is given. */
final class FullDisk implements LogFile.Opener {
  private long room;
  private final boolean keepsCuts;

  /**
   * A disk.
   *
   * @param keepsCuts whether cutting off the end of a file works; a failed disk refuses that as
   *     well
   */
  FullDisk(long room, boolean keepsCuts) {
    this.room = room;
    this.keepsCuts = keepsCuts;
  }

  /** So that what Windows does is tested elsewhere too. */
  @Override
  public boolean maps() {
    return false;
  }

  void free(long bytes) {
    room += bytes;
  }

  @Override
  public LogFile open(Path path) throws IOException {
    LogFile file = LogFile.open(path);
    return new LogFile() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        int fits = (int) Math.min(room, length);
        file.write(bytes, offset, fits);
        room -= fits;
        if (fits < length) {
          throw new IOException("No space left on device");
        }
      }

      @Override
      public void overwrite(long position, byte[] bytes) throws IOException {
        file.overwrite(position, bytes);
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
        file.force();
      }

      @Override
      public void truncate(long length) throws IOException {
        if (!keepsCuts) {
          throw new IOException("Input/output error");
        }
        file.truncate(length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
