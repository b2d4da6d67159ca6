package io.facepipeline.spark;

import io.facepipeline.AlignedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceQuality;
import io.facepipeline.Outcome;
import io.facepipeline.spark.FaceColumns.PhotoRow;
import java.io.Serial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/** From the rows of a partition's photos to those of their faces, on the executor's pipeline. */
final class PhotoFaces implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  /** Photos whose faces are embedded together; more gain little and hold more crops. */
  private static final int TOGETHER = 4;

  private final PipelineDescription description;
  private final HadoopSettings settings;
  private final int contentColumn;

  /**
   * Creates the function.
   *
   * @param contentColumn the column of the photos' bytes; negative if they are read by their paths
   */
  PhotoFaces(PipelineDescription description, HadoopSettings settings, int contentColumn) {
    this.description = description;
    this.settings = settings;
    this.contentColumn = contentColumn;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return List.<Row>of().iterator(); // no reason to open models
    }
    FacePipeline pipeline = ExecutorPipelines.of(description);
    Stream<RowPhoto> photos =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
            .map(row -> new RowPhoto(row, contentColumn, settings, description.readOptions()));
    Stream<Outcome<Cut>> cuts =
        pipeline.mapEach(
            photos,
            (photo, image) -> {
              List<Face> faces = pipeline.detect(image);
              List<FaceQuality> qualities =
                  faces.stream().map(face -> FaceQuality.of(image, face)).toList();
              return new Cut(
                  image.width(), image.height(), pipeline.align(image, faces), qualities);
            });
    // A task that is stopped leaves the iterator in the middle.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> cuts.close());
    return new Faces(pipeline, description.detectorSettings(), cuts.iterator());
  }

  /** The faces that were found in a photo, cut out. */
  private record Cut(int width, int height, List<AlignedFace> crops, List<FaceQuality> qualities) {}

  /** Embeds the faces of a few photos at a time. */
  private static final class Faces implements Iterator<Row> {
    private final FacePipeline pipeline;
    private final String detector;
    private final String model;
    private final Iterator<Outcome<Cut>> cuts;
    private final Deque<Row> ready = new ArrayDeque<>();

    Faces(FacePipeline pipeline, String detector, Iterator<Outcome<Cut>> cuts) {
      this.pipeline = pipeline;
      this.detector = detector;
      this.cuts = cuts;
      model = pipeline.card().fingerprint();
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && cuts.hasNext()) {
        List<Outcome<Cut>> photos = new ArrayList<>();
        List<AlignedFace> crops = new ArrayList<>();
        while (photos.size() < TOGETHER && cuts.hasNext()) {
          Outcome<Cut> photo = cuts.next();
          photos.add(photo);
          if (photo.isPresent()) {
            crops.addAll(photo.get().crops());
          }
        }
        add(photos, crops);
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void add(List<Outcome<Cut>> photos, List<AlignedFace> crops) {
      List<Embedding> together = embedTogether(crops);
      int from = 0;
      for (Outcome<Cut> photo : photos) {
        Row source = ((RowPhoto) photo.source().orElseThrow()).row();
        if (!photo.isPresent()) {
          PhotoRow row = new PhotoRow(source, detector, model, null, null);
          ready.add(failed(row, photo.error().orElseThrow()));
          continue;
        }
        Cut cut = photo.get();
        PhotoRow row = new PhotoRow(source, detector, model, cut.width(), cut.height());
        int end = from + cut.crops().size();
        try {
          add(
              row,
              cut,
              together == null ? pipeline.embed(cut.crops()) : together.subList(from, end));
        } catch (FacePipelineException e) {
          ready.add(failed(row, e));
        }
        from = end;
      }
    }

    private static Row failed(PhotoRow photo, RuntimeException error) {
      if (ExecutorPipelines.isEnding()) {
        throw new IllegalStateException("the executor ends in the middle of a task", error);
      }
      return FaceColumns.failed(photo, error);
    }

    /**
     * Null if they fail together: then each photo's are embedded alone, so that one is to blame.
     */
    private @Nullable List<Embedding> embedTogether(List<AlignedFace> crops) {
      try {
        return pipeline.embed(crops);
      } catch (FacePipelineException e) {
        return null;
      }
    }

    private void add(PhotoRow row, Cut cut, List<Embedding> embeddings) {
      if (embeddings.isEmpty()) {
        ready.add(FaceColumns.noFace(row));
      }
      for (int i = 0; i < embeddings.size(); i++) {
        ready.add(
            FaceColumns.face(
                row, i, cut.crops().get(i).face(), cut.qualities().get(i), embeddings.get(i)));
      }
    }
  }
}
