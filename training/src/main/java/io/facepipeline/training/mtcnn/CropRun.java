package io.facepipeline.training.mtcnn;

import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Takes all photos through the teacher or through a maker of crops, some at a time. The crops of a
 * photo hang on the seed and the photo's place in the list alone, not on the number of workers.
 */
final class CropRun {
  private static final int PHOTOS_AT_A_TIME = 32;

  private final List<LabelledPhoto> photos;
  private final Workers workers;

  CropRun(List<LabelledPhoto> photos, Workers workers) {
    this.photos = List.copyOf(photos);
    this.workers = workers;
  }

  /**
   * {@return what the photos show, of which the teacher says its part}
   *
   * @param teacher null without one
   */
  List<TrueFaces> truth(@Nullable Teacher teacher, ProgressListener progress) {
    if (teacher == null) {
      return TruthMaker.combine(photos, List.of());
    }
    List<List<Face>> detected = new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    for (int from = 0; from < photos.size(); from += PHOTOS_AT_A_TIME) {
      int start = from;
      int count = Math.min(PHOTOS_AT_A_TIME, photos.size() - start);
      workers.forEach(
          count,
          i -> {
            Image image = Image.read(photos.get(start + i).file());
            detected.set(start + i, teacher.detect(image));
          });
      progress.progress(start + count, photos.size(), "photos");
    }
    return TruthMaker.combine(photos, detected);
  }

  /** Writes the crops of all photos to a file. */
  void crops(
      CropMaker maker, List<TrueFaces> truth, long seed, Path file, ProgressListener progress) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (CropFile.Writer writer = new CropFile.Writer(file)) {
        for (int from = 0; from < photos.size(); from += PHOTOS_AT_A_TIME) {
          int start = from;
          int count = Math.min(PHOTOS_AT_A_TIME, photos.size() - start);
          CropFile.Block[] blocks = new CropFile.Block[count];
          workers.forEach(
              count,
              i -> {
                LabelledPhoto photo = photos.get(start + i);
                // Far apart seeds for neighbours: the generator mixes what it is given.
                SplittableRandom random =
                    new SplittableRandom(seed ^ (start + i) * 0x9E3779B97F4A7C15L);
                blocks[i] =
                    maker.crops(
                        Image.read(photo.file()), truth.get(start + i), photo.complete(), random);
              });
          for (CropFile.Block block : Arrays.asList(blocks)) {
            writer.write(block);
          }
          progress.progress(start + count, photos.size(), "photos");
        }
        writer.finish();
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the crops " + file + ": " + e, e);
    }
  }
}
