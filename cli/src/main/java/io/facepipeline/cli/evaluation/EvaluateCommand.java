package io.facepipeline.cli.evaluation;

import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.StageFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures how right the models are; the work is in its subcommands. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "PROTOCOL",
    description = "Measures the accuracy of models.")
public final class EvaluateCommand implements Runnable {
  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  private EvaluateCommand() {}

  /** The command with its subcommands. */
  public static CommandLine line(StageFactory stages) {
    CommandLine line = new CommandLine(new EvaluateCommand());
    line.addSubcommand(new EvaluateLfwCommand(stages));
    line.addSubcommand(new EvaluateVerifyCommand(stages));
    line.addSubcommand(new EvaluatePairsCommand(stages));
    line.addSubcommand(new EvaluateIdentifyCommand(stages));
    line.addSubcommand(new EvaluateGallerySizeCommand(stages));
    line.addSubcommand(new EvaluateDetectionCommand(stages));
    line.addSubcommand(new EvaluateEqualityCommand(stages));
    line.addSubcommand(new EvaluateLivenessCommand(stages));
    line.addSubcommand(new EvaluateRobustnessCommand(stages));
    line.addSubcommand(new EvaluateGroupsCommand(stages));
    line.addSubcommand(new EvaluateReportCommand(stages));
    return line;
  }

  @Override
  public void run() {
    throw Exit.wrongUsage(spec, "name an evaluation: " + spec.subcommands().keySet());
  }
}
