package io.facepipeline.cli.photos;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.LeftOutFrames;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.CheckedMasking;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession.FaceTrack;
import io.facepipeline.detection.video.VideoMasking;
import io.facepipeline.drawing.FaceMasking;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.ffmpeg.VideoReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hides faces and writes what is left. Thread-safe. */
final class FaceHiding {
  private static final System.Logger LOG = System.getLogger(FaceHiding.class.getName());

  private static final float QUALITY = 0.92f;

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
    CheckedMasking.Masked checked =
        new CheckedMasking(pipeline.detector(), masking).mask(photo, hidden, shown);
    if (checked.found() > 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          result.image
              + ": the detector still finds "
              + Counted.of(checked.found(), "face")
              + " in what was written; look at it");
    }
    Image masked = checked.image();
    Reports.folder(target.resolveSibling("."));
    if (target.toString().endsWith(".jpg")) {
      masked.writeJpeg(target, QUALITY);
    } else {
      masked.writePng(target);
    }
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

  /**
   * Hides the faces of a video; its result has the best face of each track.
   *
   * @param every how many frames there are from one search of the whole to the next
   * @param sound whether the copy has the video's sound
   */
  PhotoResult hide(
      Path video,
      int index,
      Supplier<Path> place,
      int every,
      boolean sound,
      PhotoOptions options,
      PrintWriter err) {
    PhotoResult result = new PhotoResult(index, video.toString());
    LeftOutFrames leftOut = new LeftOutFrames(err);
    try {
      Path target = place.get();
      int frames;
      try (VideoReader reader = VideoReader.open(video)) {
        frames = (int) Math.min(3 * reader.estimatedFrames(), Integer.MAX_VALUE);
      }
      FaceTracker.Builder tracker = FaceTracker.builder().detectEvery(every);
      Set<Integer> hidden = new HashSet<>();
      VideoMasking hiding =
          VideoMasking.of(
                  naming
                      ? tracker.stagesOf(pipeline).build()
                      : tracker.detector(pipeline.detector()).build(),
                  masking)
              .withHidden(track -> isHidden.test(label(track)) && hidden.add(track.id()));
      // Nobody shall take for finished what may be written again.
      Path part = target.resolveSibling("." + UUID.randomUUID() + "." + target.getFileName());
      try (HiddenVideo copy = new HiddenVideo(video, part, sound, result, err);
          TerminalBar bar = options.start(frames, "frames")) {
        List<FaceTrack> tracks =
            pipeline.call(
                () ->
                    hiding.mask(
                        () -> VideoReader.open(video),
                        copy::write,
                        bar,
                        (e, frame) -> leftOut.add(e)));
        copy.moveTo(target);
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
      leftOut.finish();
      result.error = leftOut.isEmpty() ? null : leftOut.toString();
      return result;
    } catch (FacePipelineException | IllegalArgumentException e) {
      String problem = PhotoOptions.problem(video.toString(), e);
      err.println("facepipeline: " + problem);
      return PhotoResult.failed(
          index, video.toString(), leftOut.isEmpty() ? problem : leftOut + "; " + problem);
    }
  }

  private @Nullable String label(FaceTrack track) {
    return !naming || track.embedding() == null
        ? null
        : pipeline.gallery().classify(track.embedding()).label();
  }
}
