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

/** Writes galleries into files, as {@link Gallery#exportTo} says, and reads them. */
final class GalleryTransfer {
  private static final int BATCH = 4096;

  private GalleryTransfer() {}

  static void exportTo(Gallery gallery, Path file, ProgressListener listener) {
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

  static long importInto(Gallery gallery, Path file, ProgressListener listener) {
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
