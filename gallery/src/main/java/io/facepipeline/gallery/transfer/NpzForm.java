package io.facepipeline.gallery.transfer;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.IOException;
import java.nio.file.Path;

/** A zip file of NumPy arrays. */
final class NpzForm implements GalleryForm {
  /** What is added to an array's name where its strings stand as UTF-8. */
  static final String UTF8 = "_utf8";

  /** What is added to it for where each of them ends. */
  static final String ENDS = "_ends";

  @Override
  public void write(Gallery gallery, Snapshot snapshot, Path file, ProgressListener listener)
      throws IOException {
    NpzWriter.write(gallery, snapshot, file, listener);
  }

  @Override
  public FaceSource open(Gallery gallery, Path file) throws IOException {
    return new NpzReader(gallery, file);
  }
}
