package io.facepipeline.training;

import io.facepipeline.training.mtcnn.MtcnnCommand;
import picocli.CommandLine;

/** The command line of the trainers. */
public final class Main {

  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new MtcnnCommand()).execute(args));
  }
}
