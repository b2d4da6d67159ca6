package io.facepipeline.cli.photos;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.attributes.Expression;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.AttributeModels;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.internal.PictureCuts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells the expression of faces, and how often it is right. */
@Command(
    name = "expression",
    mixinStandardHelpOptions = true,
    description = {
      "Tells the expression of each face in photos, or what else a model of your own tells of"
          + " faces."
    })
public final class ExpressionCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "expression-mini-xception, expression-face-api, or an ONNX file of your own that looks at"
              + " faces (default: expression-mini-xception).")
  String model = "expression-mini-xception";

  @Option(names = "--crops", description = "The pictures are crops of faces: detect nothing.")
  boolean crops;

  @Option(
      names = "--truth",
      description =
          "The name of each photo or its folder starts with the expression (for other labels the"
              + " folder is named so): measure how often the model is right.")
  boolean truth;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "With --truth: draw the confusion matrix.")
  @Nullable Path plots;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public ExpressionCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    if (plots != null && !truth) {
      throw Exit.wrongUsage(spec, "--plots draws the confusion matrix and needs --truth");
    }
    PrintWriter out = spec.commandLine().getOut();
    FaceAttribute attribute = AttributeModels.open(model, stageOptions);
    try (FacePipeline pipeline = pipeline(attribute)) {
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              arguments.sources(spec),
              spec.commandLine().getErr(),
              (photo, result) -> {
                for (AnalyzedFace analyzed : pipeline.analyze(photo)) {
                  PhotoResult.FaceResult face = new PhotoResult.FaceResult(analyzed.face());
                  analyzed.attributes().forEach(face::add);
                  result.faces.add(face);
                }
              },
              result -> print(out, result));
      if (truth) {
        judge(out, attribute.card(), results);
      }
      return Exit.code(PhotoOptions.allDone(results));
    }
  }

  private FacePipeline pipeline(FaceAttribute attribute) {
    return FacePipeline.builder()
        .parallelism(stageOptions.threads)
        .attribute(attribute)
        .detector(() -> crops ? new WholePicture() : stages.detector(stageOptions))
        .withoutEmbedder()
        .build();
  }

  /** Takes every picture for a face. */
  private static final class WholePicture implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      return List.of(PictureCuts.filling(image));
    }

    @Override
    public void close() {}
  }

  private static void print(PrintWriter out, PhotoResult result) {
    if (result.error == null) {
      List<String> told = told(result);
      out.printf("%s: %s%n", result.image, told.isEmpty() ? "no face" : String.join(", ", told));
    }
  }

  private static List<String> told(PhotoResult result) {
    return result.faces.stream().flatMap(face -> face.told().stream()).toList();
  }

  /** The largest face of each photo, against what the photo's folder or name says. */
  private void judge(PrintWriter out, FaceAttribute.Card card, List<PhotoResult> results) {
    Judgement judgement =
        new Judgement(card.labels(), card.attribute().equals(Expression.ATTRIBUTE));
    for (PhotoResult result : results) {
      List<String> told = told(result);
      if (!judgement.add(Path.of(result.image), told.isEmpty() ? null : told.get(0))) {
        spec.commandLine()
            .getErr()
            .println(
                "facepipeline: "
                    + result.image
                    + ": neither its name nor its folder names "
                    + (card.attribute().equals(Expression.ATTRIBUTE)
                        ? "an expression"
                        : "one of " + card.labels()));
      }
    }
    judgement.print(out, plots);
  }
}
