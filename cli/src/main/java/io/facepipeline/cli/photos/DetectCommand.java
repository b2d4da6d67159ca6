package io.facepipeline.cli.photos;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the faces in photos. */
@Command(
    name = "detect",
    mixinStandardHelpOptions = true,
    description = "Finds the faces in photos: boxes, landmarks and scores.")
public final class DetectCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = "Detect N times after N warm-ups and report the median and the best time.")
  int repeat = 1;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public DetectCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    if (repeat < 1) {
      throw Exit.wrongUsage(spec, "--repeat must be at least 1, got " + repeat);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline = Pipelines.detecting(stages, stageOptions)) {
      List<PhotoResult> results =
          photoOptions.oneByOne(
              arguments.sources(spec),
              spec.commandLine().getErr(),
              (photo, result) -> detect(pipeline, photo, result),
              result -> print(out, result));
      return Exit.code(PhotoOptions.allDone(results));
    }
  }

  private void detect(FacePipeline pipeline, Image photo, PhotoResult result) {
    for (int i = 0; repeat > 1 && i < repeat; i++) {
      pipeline.detect(photo);
    }
    double[] millis = new double[repeat];
    List<Face> faces = List.of();
    for (int i = 0; i < repeat; i++) {
      long start = System.nanoTime();
      faces = pipeline.detect(photo);
      millis[i] = (System.nanoTime() - start) / PhotoOptions.NANOS_PER_MILLI;
    }
    Arrays.sort(millis);
    result.millis = (millis[repeat / 2] + millis[(repeat - 1) / 2]) / 2;
    result.millisBest = millis[0];
    faces.forEach(face -> result.faces.add(new PhotoResult.FaceResult(face)));
  }

  private static void print(PrintWriter out, PhotoResult result) {
    if (result.error != null) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s: %s, %.1f ms%n",
        result.image,
        Counted.of(result.faces.size(), "face"),
        result.millis);
    for (PhotoResult.FaceResult face : result.faces) {
      Box b = face.face.box();
      out.printf(
          Locale.ROOT,
          "  %6.0f %6.0f %6.0f %6.0f   score %.4f%n",
          b.x1(),
          b.y1(),
          b.x2(),
          b.y2(),
          face.face.score());
    }
  }
}
