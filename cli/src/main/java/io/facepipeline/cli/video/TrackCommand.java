package io.facepipeline.cli.video;

import io.facepipeline.FaceGallery;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Match;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.CopiedSound;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.ThresholdOption;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.ffmpeg.VideoReader;
import io.facepipeline.ffmpeg.VideoWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows the faces in a video. */
@Command(
    name = "track",
    mixinStandardHelpOptions = true,
    description = {
      "Follows the faces in a video.",
      "Each face keeps its id, and its name if the person is known. Writes an annotated video and a"
          + " table of tracks."
    })
public final class TrackCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "VIDEO",
      description = "A video file, or a folder of frames in the order of their names.")
  @Nullable Path video;

  @Option(
      names = "--camera",
      paramLabel = "DEVICE",
      description = "A camera instead, such as /dev/video0; needs --frames.")
  @Nullable String camera;

  @Option(names = "--frames", paramLabel = "N", description = "Stop after N frames.")
  long limit = Long.MAX_VALUE;

  @Option(
      names = "--out",
      paramLabel = "OUT",
      description =
          "Write the annotated video, with its sound (a name ending in .mp4), or a folder of"
              + " frames.")
  @Nullable Path output;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the tracks as JSON.")
  @Nullable Path json;

  @Option(names = "--csv", paramLabel = "OUT", description = "Write the tracks as CSV.")
  @Nullable Path csv;

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "Search the whole of every N-th frame (default: 10).")
  int every = 10;

  @Option(
      names = "--detect-every-frame",
      description = "Search the whole of every frame, for comparison.")
  boolean detectEveryFrame;

  @Option(
      names = "--by-place",
      description = "Follow by position alone, without an embedder: faces that return get new ids.")
  boolean byPlace;

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "Name the tracks: a folder per person with photos that show them alone.")
  @Nullable Path people;

  @Option(
      names = "--gallery",
      paramLabel = "DIR",
      description = "Name the tracks with a gallery made by 'gallery add'.")
  @Nullable Path gallery;

  @Mixin ThresholdOption threshold = new ThresholdOption();

  @Option(
      names = "--compare",
      paramLabel = "ROUNDS",
      description = "Also detect every frame, N times in turn, and print both speeds.")
  int rounds;

  @Mixin ProgressOption progress = new ProgressOption();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public TrackCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    check();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Map<String, List<ImageSource>> known =
        people == null ? Map.of() : PhotoFiles.people(spec, people);
    boolean naming = people != null || gallery != null;
    try (FacePipeline pipeline = pipeline(naming)) {
      boolean all = Enrolling.all(pipeline, known, out, err);
      FaceTracker tracker = tracker(pipeline, detectEveryFrame ? 1 : every);
      TrackRun run;
      if (rounds > 0) {
        FaceTracker plain = tracker(pipeline, 1);
        run =
            TrackComparison.run(
                rounds, () -> follow(pipeline, tracker), () -> follow(pipeline, plain), out);
      } else {
        run = follow(pipeline, tracker);
      }
      Map<Integer, Match> names = naming ? names(run.tracks(), pipeline.gallery()) : Map.of();
      TrackTable table = new TrackTable(run.tracks(), names, run.unreadable());
      table.print(out);
      out.println(run.summary());
      if (json != null) {
        table.writeJson(json);
      }
      if (csv != null) {
        table.writeCsv(csv);
      }
      if (output != null && camera == null) {
        annotate(output, run, table);
      }
      if (output != null) {
        out.println("annotated: " + output);
      }
      return Exit.code(all && run.unreadable().isEmpty());
    }
  }

  private void check() {
    if ((video == null) == (camera == null)) {
      throw Exit.wrongUsage(spec, "track needs a video, a folder of frames or --camera");
    }
    if (gallery != null && people != null) {
      throw Exit.wrongUsage(spec, "give track --people or --gallery, not both");
    }
    if (byPlace && (gallery != null || people != null)) {
      throw Exit.wrongUsage(spec, "--by-place has no embedder to name people with");
    }
    if (limit < 1 || every < 1 || rounds < 0) {
      throw Exit.wrongUsage(
          spec,
          "--frames and --every must be at least 1 and --compare at least 0, got "
              + List.of(limit, every, rounds));
    }
    if (camera != null && (rounds > 0 || limit == Long.MAX_VALUE)) {
      throw Exit.wrongUsage(spec, "--camera needs --frames N, and cannot be used with --compare");
    }
  }

  private FacePipeline pipeline(boolean naming) {
    if (byPlace) {
      return Pipelines.detecting(stages, stageOptions);
    }
    return naming
        ? Pipelines.identifying(spec, stages, stageOptions, threshold.cosine(), gallery)
        : Pipelines.embedding(stages, stageOptions);
  }

  private static FaceTracker tracker(FacePipeline pipeline, int every) {
    return FaceTracker.builder().stagesOf(pipeline).detectEvery(every).build();
  }

  private FrameSource open() {
    if (camera != null) {
      return VideoReader.camera(camera);
    }
    Path file = Objects.requireNonNull(video);
    return Files.isDirectory(file)
        ? FrameSource.of(PhotoFiles.sources(spec, List.of(file)))
        : VideoReader.open(file);
  }

  /** Follows the faces; a camera's frames are annotated at once, since they do not come again. */
  private TrackRun follow(FacePipeline pipeline, FaceTracker tracker) {
    PrintWriter err = spec.commandLine().getErr();
    try (FrameSource frames = open();
        TerminalBar bar = progress.start(total(frames), "frames")) {
      if (camera == null || output == null) {
        return TrackRun.through(frames, limit, pipeline, tracker, bar, (frame, time) -> {}, err);
      }
      try (FrameSink sink = sink(output, frames)) {
        TrackRun.Each draw =
            (frame, seconds) ->
                sink.write(
                    drawn(frame.image(), frame.index(), frame.faces(), id -> null),
                    frame.index(),
                    seconds);
        TrackRun run = TrackRun.through(frames, limit, pipeline, tracker, bar, draw, err);
        sink.finish();
        return run;
      }
    }
  }

  private int total(FrameSource frames) {
    return (int) Math.min(Math.min(limit, frames.estimatedFrames()), Integer.MAX_VALUE);
  }

  private static Map<Integer, Match> names(
      List<TrackingSession.FaceTrack> tracks, FaceGallery gallery) {
    Map<Integer, Match> names = new HashMap<>();
    tracks.forEach(
        track -> {
          if (track.embedding() != null) {
            names.put(track.id(), gallery.classify(track.embedding()));
          }
        });
    return names;
  }

  private FrameSink sink(Path output, FrameSource frames) {
    if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".mp4")) {
      return new FrameFolder(output);
    }
    double rate = frames.framesPerSecond();
    return new FrameVideo(
        video == null || Files.isDirectory(video)
            ? VideoWriter.to(output, rate)
            : CopiedSound.writer(output, rate, video, spec.commandLine().getErr()));
  }

  /** Reads the frames once more: only now are the names known. */
  private void annotate(Path target, TrackRun run, TrackTable table) {
    try (FrameSource frames = open();
        FrameSink sink = sink(target, frames);
        TerminalBar bar = progress.start(run.faces().size(), "drawn")) {
      long next = 0;
      int drawn = 0;
      for (Map.Entry<Long, List<TrackingSession.TrackedFrame.TrackedFace>> shown :
          run.faces().entrySet()) {
        long index = shown.getKey();
        Image image = null;
        while (next <= index) {
          image = readable(frames, run, next++);
        }
        if (image != null) {
          sink.write(drawn(image, index, shown.getValue(), table::label), index, frames.seconds());
        }
        bar.progress(++drawn, run.faces().size(), "frame " + index);
      }
      sink.finish();
    }
  }

  /** The next frame; null if it cannot be read, of which the user knows unless it is new. */
  private @Nullable Image readable(FrameSource frames, TrackRun run, long index) {
    try {
      return Objects.requireNonNull(
          frames.next(), "the video became shorter while it was being read");
    } catch (FacePipelineException e) {
      if (run.faces().containsKey(index)) {
        spec.commandLine().getErr().println("facepipeline: not drawn: " + e.getMessage());
      }
      return null;
    }
  }

  private interface Labels {
    @Nullable String of(int id);
  }

  private static Image drawn(
      Image image,
      long index,
      List<TrackingSession.TrackedFrame.TrackedFace> faces,
      Labels labels) {
    PhotoResult result = new PhotoResult(0, "frame " + index);
    for (TrackingSession.TrackedFrame.TrackedFace tracked : faces) {
      PhotoResult.FaceResult face = new PhotoResult.FaceResult(tracked.face());
      String label = labels.of(tracked.id());
      face.identified = true;
      face.label = tracked.id() + (label == null ? "" : " " + label);
      result.faces.add(face);
    }
    return result.drawnInto(image);
  }
}
