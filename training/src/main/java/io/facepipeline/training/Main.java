package io.facepipeline.training;

import io.facepipeline.training.embedder.EmbedderCommand;
import io.facepipeline.training.mtcnn.MtcnnCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the trainers. */
@Command(
    name = "facepipeline-training",
    mixinStandardHelpOptions = true,
    subcommands = {EmbedderCommand.class, MtcnnCommand.class},
    description = "Trains the networks that FacePipeline runs.")
public final class Main {

  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
