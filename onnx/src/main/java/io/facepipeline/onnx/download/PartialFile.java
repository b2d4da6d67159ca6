package io.facepipeline.onnx.download;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What has arrived of a download, beside the place where the whole will be, and a note of what it
 * is a part of: the address and the validator (ETag or date) that the origin gave.
 */
public final class PartialFile {
  private final Path content;
  private final Path note;

  public PartialFile(Path target) {
    content = target.resolveSibling(target.getFileName() + ".part");
    note = target.resolveSibling(target.getFileName() + ".part.from");
  }

  public Path content() {
    return content;
  }

  long size() throws IOException {
    return Files.exists(content) ? Files.size(content) : 0;
  }

  /** The validator to resume with, or the empty string where a download must start anew. */
  String validator(URI from) throws IOException {
    if (size() == 0 || !Files.exists(note)) {
      return "";
    }
    List<String> lines = Files.readAllLines(note);
    return lines.size() == 2 && lines.get(0).equals(from.toString()) ? lines.get(1) : "";
  }

  /** Notes what the bytes that follow are of. */
  void start(URI from, String validator) throws IOException {
    delete();
    if (!validator.isEmpty()) {
      Files.write(note, List.of(from.toString(), validator));
    }
  }

  /** The content has moved to its place, so the note is of nothing. */
  public void published() throws IOException {
    Files.deleteIfExists(note);
  }

  public void delete() throws IOException {
    Files.deleteIfExists(note);
    Files.deleteIfExists(content);
  }
}
