package io.facepipeline.gallery.transfer;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** A form in which other programs read a gallery. */
public interface GalleryForm {
  /**
   * The form that a file's name asks for.
   *
   * @throws IllegalArgumentException if the name ends otherwise
   */
  static GalleryForm of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return new CsvForm();
    }
    if (name.endsWith(".npz")) {
      return new NpzForm();
    }
    throw new IllegalArgumentException("a gallery's export must end in .csv or .npz, got " + file);
  }

  /** Writes the faces of a snapshot into a file. */
  void write(Gallery gallery, Snapshot snapshot, Path file, ProgressListener listener)
      throws IOException;

  /** Opens a file whose faces are to be imported into a gallery. */
  FaceSource open(Gallery gallery, Path file) throws IOException;
}
