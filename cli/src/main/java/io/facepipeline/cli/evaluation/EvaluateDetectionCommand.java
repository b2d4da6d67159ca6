package io.facepipeline.cli.evaluation;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.plot.Plots;
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

/** Detection on annotated photos. */
@Command(
    name = "detection",
    mixinStandardHelpOptions = true,
    description = {
      "Detection by FDDB's protocol.",
      "Recall over false positives, discrete and continuous, against ellipses or boxes; recall,"
          + " precision and average precision against boxes; landmark errors where landmarks are"
          + " annotated."
    })
final class EvaluateDetectionCommand implements Callable<Integer> {
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
      names = "--truth",
      required = true,
      paramLabel = "FILE",
      description = "The annotated faces: JSON, or FDDB's ellipse list.")
  Path truth;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateDetectionCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** The figures, and the photos they were made from. */
  record Result(
      DetectionReport report,
      Map<String, @Nullable Object> values,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos) {}

  @Override
  public Integer call() {
    Result result = evaluate(spec, stages, stageOptions, options, images, truth);
    options.write(spec, result.report().table(), result.values(), faceTable(result.photos()));
    if (options.plots != null) {
      Plots.detection(
          "Detection",
          result.report().regions(),
          Reports.folder(options.plots).resolve("detection.png"));
    }
    return Exit.code(EvaluationOptions.allDone(result.photos()));
  }

  static Result evaluate(
      CommandSpec spec,
      StageFactory stages,
      StageOptions stageOptions,
      EvaluationOptions options,
      Path images,
      Path truth) {
    Map<Path, List<AnnotatedFace>> annotated = new LinkedHashMap<>();
    AnnotatedFace.read(truth).forEach((name, faces) -> annotated.put(images.resolve(name), faces));
    EvaluationOptions.requireAny(annotated.keySet(), truth, images);
    try (FacePipeline pipeline = Pipelines.detecting(stages, stageOptions)) {
      Map<Path, EvaluationRun.EvaluatedPhoto> photos =
          options.run(
              spec,
              pipeline,
              stageOptions.detectorSettings(),
              annotated.size(),
              run -> run.detect(annotated.keySet()));
      List<DetectionReport.Photo> judged = new ArrayList<>();
      photos.forEach(
          (file, photo) ->
              judged.add(
                  new DetectionReport.Photo(
                      annotated.getOrDefault(file, List.of()), photo.faces())));
      DetectionReport report = DetectionReport.of(judged);
      Map<String, @Nullable Object> values = report.values();
      values.put("detector", stageOptions.detector);
      values.put("minFace", stageOptions.minFace());
      values.put("thresholds", stageOptions.thresholds);
      values.put("scoreThreshold", stageOptions.scoreThreshold);
      values.put("inputSize", stageOptions.inputSize);
      return new Result(report, values, photos);
    }
  }

  private static Table faceTable(Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    List<List<String>> rows = new ArrayList<>();
    photos.forEach(
        (file, photo) -> {
          for (Face face : photo.faces()) {
            rows.add(
                List.of(
                    file.toString(),
                    String.valueOf(face.box().x1()),
                    String.valueOf(face.box().y1()),
                    String.valueOf(face.box().x2()),
                    String.valueOf(face.box().y2()),
                    String.valueOf(face.score())));
          }
        });
    return new Table(List.of("image", "x1", "y1", "x2", "y2", "score"), rows);
  }
}
