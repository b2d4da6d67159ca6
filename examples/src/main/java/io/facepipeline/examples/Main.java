package io.facepipeline.examples;

import io.facepipeline.FacePipelineException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * The command line's entry. Exit codes: 0 done, 1 some inputs failed, 2 wrong usage or missing
 * models.
 */
@Command(
    name = "facepipeline",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Finds faces in photos, compares them and says who they are.",
    footer = {
      "",
      "Exit codes: 0 done, 1 some inputs failed, 2 wrong usage or missing models.",
      "Weights are looked for in --models DIR, in the folder FACEPIPELINE_MODELS names, in the",
      "cache, and at their origin unless --offline or FACEPIPELINE_OFFLINE=true forbids it."
    })
public final class Main {
  private static final int FAILED_INPUTS = 1;
  private static final int WRONG_USAGE = 2;

  private Main() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(new ModelStages(), out, err, args));
  }

  /** Runs a command with stages of the caller's choice. */
  static int run(StageFactory stages, PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new DetectCommand(stages));
    line.addSubcommand(new DetectorsCommand(stages));
    line.addSubcommand(new AlignCommand(stages));
    line.addSubcommand(new EmbedCommand(stages));
    line.addSubcommand(new VerifyCommand(stages));
    line.addSubcommand(new IdentifyCommand(stages));
    line.addSubcommand(new TrackCommand(stages));
    line.addSubcommand(new ServeCommand(stages));
    line.addSubcommand(new TrainCommand(stages));
    line.addSubcommand(new ClassifyCommand(stages));
    line.addSubcommand(new ClusterCommand(stages));
    line.addSubcommand(new AnalyzeCommand(stages));
    line.addSubcommand(new ExpressionCommand(stages));
    line.addSubcommand(new ClassifyImageCommand());
    line.addSubcommand(new ImportCommand());
    line.addSubcommand(new ModelsCommand());
    line.addSubcommand(EvaluateCommand.line(stages));
    line.addSubcommand(new GalleryCommand(stages));
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof FacePipelineException || e instanceof IllegalArgumentException) {
            err.println("facepipeline: " + e.getMessage());
            return WRONG_USAGE;
          }
          throw e;
        });
    if (args.length == 0) {
      line.usage(err);
      return WRONG_USAGE;
    }
    return line.execute(args);
  }

  /** The exit code of a command some of whose inputs may have failed. */
  static int exitCode(boolean allDone) {
    return allDone ? 0 : FAILED_INPUTS;
  }

  /** Wrong usage that picocli cannot see. */
  static ParameterException wrongUsage(CommandLine.Model.CommandSpec spec, String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** The version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"facepipeline " + (version == null ? "(not packaged)" : version)};
    }
  }
}
