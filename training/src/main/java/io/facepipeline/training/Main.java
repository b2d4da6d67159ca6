package io.facepipeline.training;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.PlainWords;
import io.facepipeline.training.detector.DetectorCommand;
import io.facepipeline.training.embedder.EmbedderCommand;
import io.facepipeline.training.mtcnn.MtcnnCommand;
import io.facepipeline.training.network.NetworkCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the trainers. */
@Command(
    name = "facepipeline-training",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Trains the networks that the library runs.",
    footer =
        "Exit codes: 0 done, 1 some photos could not be used, 2 wrong usage or no usable training"
            + " data.",
    subcommands = {
      DetectorCommand.class,
      EmbedderCommand.class,
      MtcnnCommand.class,
      NetworkCommand.class
    })
public final class Main {

  private static final int WRONG_USAGE = 2;

  private Main() {}

  /** Runs one command and ends the process with its exit code, which the help explains. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return line().execute(args);
  }

  static CommandLine line() {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof FacePipelineException
              || e instanceof IllegalArgumentException
              || e instanceof IOException
              || e instanceof UncheckedIOException) {
            command.getErr().println("facepipeline-training: " + PlainWords.of(e));
            return WRONG_USAGE;
          }
          throw e;
        });
    line.setParameterExceptionHandler(
        (e, wrong) -> {
          // The error comes last, where it is seen.
          CommandLine command = e.getCommandLine();
          CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
          command
              .getErr()
              .println(
                  "facepipeline-training: "
                      + e.getMessage()
                      + "; see '"
                      + command.getCommandSpec().qualifiedName()
                      + " --help'");
          return WRONG_USAGE;
        });
    line.getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().usageMessage().abbreviateSynopsis(true));
    return line;
  }
}
