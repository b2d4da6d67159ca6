package io.facepipeline.onnx.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a download asks of the disk; tests put a full one in its place. */
public class Disk {
  public long usable(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Java has no exception of its own for this, only the operating system's words. */
  public static boolean saysFull(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left")
        || message.contains("not enough space")
        || message.contains("quota exceeded")
        || message.contains("file too large");
  }
}
