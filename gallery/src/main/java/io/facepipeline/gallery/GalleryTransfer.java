package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.transfer.FaceSource;
import io.facepipeline.gallery.transfer.GalleryForm;
import io.facepipeline.gallery.transfer.ImportChecks;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Exports and imports galleries as {@code .csv}, with a row per face, and as {@code .npz} for
 * NumPy. Both name the model of the embeddings. Embeddings are exact in both. The faces' numbers
 * are written but not read.
 *
 * <p>CSV has the columns {@code face}, {@code label}, {@code model}, one {@code meta:KEY} for each
 * key of the metadata (an empty cell means absent, so an empty value does not come back), and
 * {@code e0}, {@code e1} and so on. NPZ has the arrays {@code embeddings} (float32, faces x
 * dimensions), {@code labels} and {@code faces} (one per face), {@code model} (a string), and
 * {@code metadata_label}, {@code metadata_key} and {@code metadata_value}, one per entry; an import
 * needs {@code embeddings}, {@code labels} and {@code model}. If one long text would make such an
 * array many times larger than the texts, {@code NAME_utf8} (uint8) and {@code NAME_ends} (int64)
 * replace it: the texts' UTF-8 and the offset of the byte after each.
 */
public final class GalleryTransfer {
  private static final int BATCH = 4096;

  private GalleryTransfer() {}

  /**
   * Writes a gallery into a file that only its owner can read. The write is atomic. Searches run
   * meanwhile, changes wait. If the process is killed, the next opening of the gallery for writing
   * deletes the leftovers, and so does the next export to that file, of any gallery, once they are
   * ten minutes old.
   *
   * @param gallery the gallery
   * @param file a file whose name ends in {@code .csv} or {@code .npz}; replaced if it exists
   * @param listener is notified of each person written, in the calling thread; may read the
   *     gallery. If it throws, the file is as it was
   * @throws IllegalArgumentException if the name has another suffix
   * @throws GalleryException if the file cannot be written, or the gallery's log has changed since
   *     it was written
   * @throws IllegalStateException if the listener changes or closes the gallery
   */
  public static void exportTo(Gallery gallery, Path file, ProgressListener listener) {
    GalleryForm form = GalleryForm.of(file);
    WholeFile.deleteAbandonedPartsOf(file);
    try {
      WholeFile.write(
          file,
          WholeFile.Access.OWNER,
          part ->
              gallery
                  .changes()
                  .export(
                      part,
                      listener,
                      (snapshot, told) -> form.write(gallery, snapshot, part, told)));
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE, file, "cannot be written; check the folder and the disk: " + e, e);
    }
  }

  /**
   * Adds the faces of a file to those already there. The whole file is checked before anything is
   * enrolled, so a file with an error changes nothing. Then the faces are enrolled in batches.
   *
   * @param gallery the gallery
   * @param file a file whose name ends in {@code .csv} or {@code .npz}
   * @param listener is notified of each enrolled face
   * @return the number of enrolled faces
   * @throws IllegalArgumentException if the name has another suffix
   * @throws GalleryException if the file does not have the form that {@link GalleryTransfer}
   *     describes, its embeddings come from another model, or it cannot be read; or if the disk is
   *     full, in which case whole batches may have been enrolled
   */
  public static long importInto(Gallery gallery, Path file, ProgressListener listener) {
    try (FaceSource source = GalleryForm.of(file).open(gallery, file)) {
      long[] total = {0};
      source.forEach(
          (label, vector, metadata) -> {
            total[0]++;
            row(gallery, file, total[0], label, vector, metadata);
          });
      List<Enrollment> batch = new ArrayList<>();
      long[] done = {0};
      source.forEach(
          (label, vector, metadata) -> {
            batch.add(row(gallery, file, ++done[0], label, vector, metadata));
            if (batch.size() == BATCH || done[0] == total[0]) {
              gallery.enrollAll(batch);
              batch.clear();
              listener.progress(done[0], total[0], label);
            }
          });
      return total[0];
    } catch (IOException e) {
      throw new GalleryException(Reason.STORAGE, file, "cannot be read: " + e, e);
    }
  }

  private static Enrollment row(
      Gallery gallery,
      Path file,
      long number,
      String label,
      float[] vector,
      Map<String, String> metadata) {
    try {
      return new Enrollment(label, List.of(Embedding.of(gallery.fingerprint(), vector)), metadata);
    } catch (IllegalArgumentException e) {
      throw ImportChecks.malformed(file, "face " + number + ": " + e.getMessage(), e);
    }
  }
}
