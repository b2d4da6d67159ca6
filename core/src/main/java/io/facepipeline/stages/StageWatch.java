package io.facepipeline.stages;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Match;
import io.facepipeline.StageListener;
import io.facepipeline.flight.FlightRecord;
import io.facepipeline.flight.FlightRecord.Kind;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the work of stages, and tells a listener and Flight Recorder of it. Thread-safe. */
public record StageWatch(StageListener listener) {
  List<Face> detect(Image image, FaceDetector detector, Supplier<List<Face>> work) {
    FlightRecord record = FlightRecord.begin(Kind.DETECT).size(image.width(), image.height());
    if (record.isKept()) {
      record.by(detector);
    }
    return faces("detect", record, work);
  }

  List<AlignedFace> align(CropSpec spec, Supplier<List<AlignedFace>> work) {
    return faces("align", FlightRecord.begin(Kind.ALIGN).size(spec.width(), spec.height()), work);
  }

  List<Embedding> embed(FaceEmbedder embedder, Supplier<List<Embedding>> work) {
    FlightRecord record = FlightRecord.begin(Kind.EMBED);
    if (record.isKept()) {
      record.by(embedder.card().id());
    }
    return faces("embed", record, work);
  }

  List<Match> classify(FaceClassifier classifier, Supplier<List<Match>> work) {
    FlightRecord record = FlightRecord.begin(Kind.CLASSIFY);
    if (record.isKept()) {
      record.by(classifier.getClass().getName());
    }
    return faces("classify", record, work);
  }

  List<FaceAttribute.Scores> attributes(
      FaceAttribute model, Supplier<List<FaceAttribute.Scores>> work) {
    FlightRecord record = FlightRecord.begin(Kind.ATTRIBUTES);
    if (record.isKept()) {
      record.by(model.card().id());
    }
    return faces("attributes", record, work);
  }

  Face select(Supplier<Face> work) {
    return told("select", work, face -> 1);
  }

  public Image read(Supplier<Image> work) {
    return told("read", work, image -> 0);
  }

  private <T> List<T> faces(String stage, FlightRecord record, Supplier<List<T>> work) {
    return told(
        stage,
        () -> {
          try {
            List<T> made = work.get();
            record.faces(made.size());
            return made;
          } catch (Throwable e) {
            record.failed(e);
            throw e;
          } finally {
            record.end();
          }
        },
        List::size);
  }

  private interface Faces<T> {
    int in(T made);
  }

  private <T> T told(String stage, Supplier<T> work, Faces<T> faces) {
    if (listener == StageListener.NONE) {
      return work.get();
    }
    long start = System.nanoTime();
    T made;
    try {
      made = work.get();
    } catch (Throwable e) {
      try {
        tell(stage, 0, start, e);
      } catch (RuntimeException | Error again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    tell(stage, faces.in(made), start, null);
    return made;
  }

  private void tell(String stage, int faces, long start, @Nullable Throwable failure) {
    listener.ended(stage, faces, Duration.ofNanos(System.nanoTime() - start), failure);
  }
}
