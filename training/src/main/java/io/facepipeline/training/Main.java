package io.facepipeline.training;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.embedder.EmbedderCommand;
import io.facepipeline.training.mtcnn.MtcnnCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the trainers. */
@Command(
    name = "facepipeline-training",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Trains the networks that the library runs.",
    subcommands = {EmbedderCommand.class, MtcnnCommand.class})
public final class Main {

  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof FacePipelineException) {
            command.getErr().println(e.getMessage());
            return 1;
          }
          throw e;
        });
    System.exit(line.execute(args));
  }
}
