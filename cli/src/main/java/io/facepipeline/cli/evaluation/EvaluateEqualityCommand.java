package io.facepipeline.cli.evaluation;

import io.facepipeline.FacePipeline;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.DetectionEquality;
import io.facepipeline.evaluation.internal.DetectionEquality.Recorded;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A detector against the recorded output of another one. */
@Command(
    name = "equality",
    mixinStandardHelpOptions = true,
    description = {
      "Compares a detector with another one's results on the same photos: how many faces",
      "differ and by how much, and the photos with more or fewer faces."
    })
final class EvaluateEqualityCommand implements Callable<Integer> {
  private static final int SHOWN = 20;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();

  @Option(
      names = "--images",
      required = true,
      paramLabel = "DIR",
      description = "Folder of photos.")
  Path images;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "JSON",
      description = "The other detector's results, in the form that detect --json writes.")
  Path reference;

  @Option(
      names = "--tolerance",
      paramLabel = "PX",
      description = "The largest difference of equal coordinates in pixels (default: 0.05).")
  double tolerance = 0.05;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateEqualityCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    if (!(tolerance > 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw Exit.wrongUsage(spec, "--tolerance must be more than 0 pixels, got " + tolerance);
    }
    Map<Path, List<Recorded>> recorded = new LinkedHashMap<>();
    Recorded.read(reference).forEach((name, faces) -> recorded.put(images.resolve(name), faces));
    EvaluationOptions.requireAny(recorded.keySet(), reference, images);
    Map<Path, EvaluationRun.EvaluatedPhoto> photos;
    try (FacePipeline pipeline = Pipelines.detecting(stages, stageOptions)) {
      photos =
          options.run(
              spec,
              pipeline,
              stageOptions.detectorSettings(),
              recorded.size(),
              run -> run.detect(recorded.keySet()));
    }
    DetectionEquality equality = DetectionEquality.of(compared(recorded, photos), tolerance);
    Map<String, @Nullable Object> values = equality.values();
    values.put("detector", stageOptions.detector);
    values.put("minFace", stageOptions.minFace());
    values.put("thresholds", stageOptions.thresholds);
    Table differences = equality.differenceTable();
    options.write(spec, equality.table(), values, differences);
    print(equality, differences);
    return Exit.code(EvaluationOptions.allDone(photos));
  }

  /** The photos that could be read; the others were named, and count for nothing. */
  private static List<DetectionEquality.Photo> compared(
      Map<Path, List<Recorded>> recorded, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    List<DetectionEquality.Photo> compared = new ArrayList<>();
    photos.forEach(
        (file, photo) -> {
          if (photo.error().isEmpty()) {
            compared.add(
                new DetectionEquality.Photo(
                    file.toString(), recorded.getOrDefault(file, List.of()), photo.faces()));
          }
        });
    return compared;
  }

  private void print(DetectionEquality equality, Table differences) {
    PrintWriter out = spec.commandLine().getOut();
    List<List<String>> rows = differences.rows();
    if (!rows.isEmpty()) {
      out.println();
      out.print(
          new Table(differences.columns(), rows.subList(0, Math.min(SHOWN, rows.size()))).toText());
    }
    if (rows.size() > SHOWN) {
      out.println("and " + (rows.size() - SHOWN) + " more; --csv FILE writes all");
    }
    for (DetectionEquality.Photo photo : equality.otherCounts()) {
      out.println(
          photo.name()
              + ": "
              + photo.found().size()
              + " found, "
              + photo.reference().size()
              + " by the reference");
    }
    out.flush();
  }
}
