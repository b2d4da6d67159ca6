package io.facepipeline.cli.photos;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession.FaceTrack;
import io.facepipeline.detection.video.VideoMasking;
import io.facepipeline.drawing.FaceMasking;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.ffmpeg.VideoReader;
import io.facepipeline.ffmpeg.VideoWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hides faces and writes what is left. Thread-safe. */
final class FaceHiding {
  private static final float QUALITY = 0.92f;

  /** How often a photo is looked at again, in case a detector still finds something. */
  private static final int LOOKS = 3;

  /** Boxes of one face overlap so much. */
  private static final float SAME_FACE = 0.2f;

  private final FacePipeline pipeline;
  private final FaceMasking masking;
  private final boolean naming;
  private final Predicate<@Nullable String> isHidden;

  /** Hides everyone. */
  FaceHiding(FacePipeline pipeline, FaceMasking masking) {
    this.pipeline = pipeline;
    this.masking = masking;
    naming = false;
    isHidden = label -> true;
  }

  /** Hides everyone but some people, or only some people; one of the lists is empty. */
  FaceHiding(FacePipeline pipeline, FaceMasking masking, List<String> shown, List<String> only) {
    this.pipeline = pipeline;
    this.masking = masking;
    naming = true;
    isHidden =
        only.isEmpty()
            ? label -> label == null || !shown.contains(label)
            : label -> label != null && only.contains(label);
  }

  /** Hides the faces of a photo. */
  void hide(Image photo, PhotoResult result, Path target) {
    List<Face> hidden = new ArrayList<>();
    List<Face> shown = new ArrayList<>();
    if (naming) {
      for (Identification who : pipeline.identify(photo)) {
        add(PhotoResult.FaceResult.of(who), isHidden.test(who.label()), result, hidden, shown);
      }
    } else {
      pipeline
          .detect(photo)
          .forEach(face -> add(new PhotoResult.FaceResult(face), true, result, hidden, shown));
    }
    Image masked = again(masking.mask(photo, hidden), shown);
    Reports.folder(target.resolveSibling("."));
    if (target.toString().endsWith(".jpg")) {
      masked.writeJpeg(target, QUALITY);
    } else {
      masked.writePng(target);
    }
  }

  /** Hides what a detector still sees, as a face in the shape of a smooth patch. */
  private Image again(Image masked, List<Face> shown) {
    Image left = masked;
    for (int look = 0; look < LOOKS; look++) {
      List<Face> found = notShown(pipeline.detector().detect(left), shown);
      if (found.isEmpty()) {
        break;
      }
      left = masking.mask(left, found);
    }
    return left;
  }

  private static void add(
      PhotoResult.FaceResult face,
      boolean hide,
      PhotoResult result,
      List<Face> hidden,
      List<Face> shown) {
    face.hidden = hide;
    result.faces.add(face);
    (hide ? hidden : shown).add(face.face);
  }

  private static List<Face> notShown(List<Face> found, List<Face> shown) {
    return found.stream()
        .filter(
            face ->
                shown.stream()
                    .noneMatch(kept -> kept.box().intersectionOverUnion(face.box()) >= SAME_FACE))
        .toList();
  }

  /** Hides the faces of a video; its result has the best face of each track. */
  PhotoResult hide(
      Path video,
      int index,
      Supplier<Path> place,
      int every,
      PhotoOptions options,
      PrintWriter err) {
    PhotoResult result = new PhotoResult(index, video.toString());
    List<String> problems = new ArrayList<>();
    try {
      Path target = place.get();
      double rate;
      int frames;
      try (VideoReader reader = VideoReader.open(video)) {
        rate = reader.framesPerSecond();
        frames = (int) Math.min(2 * reader.estimatedFrames(), Integer.MAX_VALUE);
      }
      FaceTracker.Builder tracker = FaceTracker.builder().detectEvery(every);
      VideoMasking hiding =
          VideoMasking.of(
              naming
                  ? tracker.stagesOf(pipeline).build()
                  : tracker.detector(pipeline.detector()).build(),
              masking);
      Set<Integer> hidden = new HashSet<>();
      try (VideoWriter writer = VideoWriter.to(target, rate);
          TerminalBar bar = options.start(frames, "frames")) {
        List<FaceTrack> tracks =
            pipeline.call(
                () ->
                    hiding
                        .withHidden(track -> isHidden.test(label(track)) && hidden.add(track.id()))
                        .mask(
                            () -> VideoReader.open(video),
                            bar,
                            (image, frame) -> {
                              result.width = image.width();
                              result.height = image.height();
                              // Who is in a frame is known of tracks alone, so only where all are
                              // hidden.
                              writer.write(naming ? image : again(image, List.of()), frame);
                            },
                            (e, frame) -> problems.add(String.valueOf(e.getMessage()))));
        writer.finish();
        for (FaceTrack track : tracks) {
          PhotoResult.FaceResult face = new PhotoResult.FaceResult(track.best());
          face.hidden = hidden.contains(track.id());
          if (naming) {
            face.identified = true;
            face.label = label(track);
          }
          result.faces.add(face);
        }
      }
    } catch (FacePipelineException | IllegalArgumentException e) {
      problems.add(PhotoOptions.problem(video.toString(), e));
    }
    problems.forEach(problem -> err.println("facepipeline: " + problem));
    return problems.isEmpty()
        ? result
        : PhotoResult.failed(index, video.toString(), String.join("; ", problems));
  }

  private @Nullable String label(FaceTrack track) {
    return !naming || track.embedding() == null
        ? null
        : pipeline.gallery().classify(track.embedding()).label();
  }
}
