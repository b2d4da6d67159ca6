package io.facepipeline.training.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.internal.Workers;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TruthMaker;
import io.facepipeline.training.run.Draws;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes all photos through the teacher or through a maker of crops, some at a time. The crops of a
 * photo hang on the seed and the photo's place in the list alone, not on the number of workers.
 */
final class CropRun {
  private static final int PHOTOS_AT_A_TIME = 32;
  private static final int VIEWS = 2;
  private static final int SMALLEST_FACE = 14;
  private static final int LARGEST_SMALLEST_FACE = 24;

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
      return TruthMaker.combine(photos, List.of(), TruthMaker.SURE);
    }
    List<List<Face>> detected = new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    each(i -> detected.set(i, teacher.detect(Image.read(photos.get(i).file()))), progress);
    return TruthMaker.combine(photos, detected, TruthMaker.SURE);
  }

  /**
   * {@return what P-Net proposes, for each photo and each of some views}
   *
   * @param student P-Net
   * @param threshold its least probability
   */
  List<List<List<Box>>> proposals(
      MtcnnStages student, float threshold, long seed, ProgressListener progress) {
    List<List<List<Box>>> proposals =
        new ArrayList<>(Collections.nCopies(photos.size(), List.of()));
    each(
        i -> {
          Image image = Image.read(photos.get(i).file());
          SplittableRandom random = Draws.of(seed, i);
          List<List<Box>> views = new ArrayList<>();
          for (int view = 0; view < VIEWS; view++) {
            // Another size each time, as another pyramid proposes other squares.
            int smallest = random.nextInt(SMALLEST_FACE, LARGEST_SMALLEST_FACE + 1);
            views.add(student.proposals(image, smallest, threshold));
          }
          proposals.set(i, views);
        },
        progress);
    return proposals;
  }

  private void each(IntConsumer photo, ProgressListener progress) {
    for (int from = 0; from < photos.size(); from += PHOTOS_AT_A_TIME) {
      int start = from;
      int count = Math.min(PHOTOS_AT_A_TIME, photos.size() - start);
      workers.forEach(count, i -> photo.accept(start + i));
      progress.progress(start + count, photos.size(), "photos");
    }
  }

  /** {@return the file that the crops of all photos were written to} */
  Path crops(
      CropMaker maker, List<TrueFaces> truth, long seed, Path file, ProgressListener progress) {
    try {
      CropFile.write(file, writer -> write(maker, truth, seed, writer, progress));
      return file;
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the crops " + file + ": " + e, e);
    }
  }

  private void write(
      CropMaker maker,
      List<TrueFaces> truth,
      long seed,
      CropFile.Writer writer,
      ProgressListener progress)
      throws IOException {
    for (int from = 0; from < photos.size(); from += PHOTOS_AT_A_TIME) {
      int start = from;
      int count = Math.min(PHOTOS_AT_A_TIME, photos.size() - start);
      CropFile.Block[] blocks = new CropFile.Block[count];
      workers.forEach(
          count,
          i -> {
            LabelledPhoto photo = photos.get(start + i);
            SplittableRandom random = Draws.of(seed, start + i);
            blocks[i] =
                maker.crops(
                    start + i,
                    Image.read(photo.file()),
                    truth.get(start + i),
                    photo.complete(),
                    random);
          });
      for (CropFile.Block block : Arrays.asList(blocks)) {
        writer.write(block);
      }
      progress.progress(start + count, photos.size(), "photos");
    }
  }
}
