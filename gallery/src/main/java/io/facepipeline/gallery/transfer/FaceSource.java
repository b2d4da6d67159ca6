package io.facepipeline.gallery.transfer;

import java.io.IOException;
import java.util.Map;

/** A file to be imported; it may be gone through several times. */
public interface FaceSource extends AutoCloseable {
  /** Takes the faces of a file, one by one. */
  @FunctionalInterface
  interface Sink {
    /** Takes a face. */
    void row(String label, float[] vector, Map<String, String> metadata) throws IOException;
  }

  /** Goes through all faces. */
  void forEach(Sink sink) throws IOException;

  @Override
  void close() throws IOException;
}
