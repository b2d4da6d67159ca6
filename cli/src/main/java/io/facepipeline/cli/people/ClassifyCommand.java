package io.facepipeline.cli.people;

import io.facepipeline.FacePipeline;
import io.facepipeline.classify.TrainedClassifier;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says who is in photos by a trained classifier. */
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description = "Names people with a classifier that 'train' wrote.")
public final class ClassifyCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin LiveOptions live = stageOptions.live;
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--classifier",
      required = true,
      paramLabel = "FILE",
      description = "The classifier's file; it records its embedder.")
  Path classifier;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required option
  public ClassifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    TrainedClassifier trained = TrainedClassifier.load(classifier);
    stageOptions.follow(spec, stages, trained.fingerprint(), classifier.toString());
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline =
        Pipelines.builder(stages, stageOptions).classifier(trained).build()) {
      out.println(trained);
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              arguments.sources(spec),
              spec.commandLine().getErr(),
              NamedFaces.by(pipeline),
              result -> NamedFaces.print(out, result));
      NamedFaces.summarize(out, results, photoOptions);
      return Exit.code(PhotoOptions.allDone(results));
    }
  }
}
