package io.facepipeline.spark.command;

import io.facepipeline.FacePipelineException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program for {@code spark-submit}; {@code --help} tells its commands. */
@Command(
    name = "SparkFaces",
    description = "Faces of many photos, on Apache Spark.",
    subcommands = {
      EmbedCommand.class,
      IdentifyCommand.class,
      VerifyCommand.class,
      ClusterCommand.class,
      TrainCommand.class,
      EnrollCommand.class,
      EvaluateCommand.class,
      StreamCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class SparkFaces {
  /** Everything was done. */
  static final int DONE = 0;

  /** Some photos failed; their rows say why. Or something could not be done at all. */
  static final int FAILED = 1;

  /** Wrong usage. */
  static final int WRONG_USAGE = 2;

  SparkFaces() {}

  /**
   * Runs a command. The exit code is 0 if everything was done, 1 if some photos failed or something
   * could not be done, 2 for wrong usage.
   *
   * @param arguments the command and its options
   */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    if (code != DONE) {
      // Else some masters take the job for done.
      SparkSession.getActiveSession()
          .foreach(
              session -> {
                session.stop();
                return null;
              });
      System.exit(code);
    }
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return commandLine().setOut(out).setErr(err).execute(arguments);
  }

  static CommandLine commandLine() {
    return new CommandLine(new SparkFaces())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (error instanceof IllegalArgumentException) {
                command.getErr().println(error.getMessage());
                return WRONG_USAGE;
              }
              if (error instanceof FacePipelineException) {
                command.getErr().println(error.getMessage());
                return FAILED;
              }
              throw error;
            });
  }

  /** The session that spark-submit describes. */
  static SparkSession session() {
    return SparkSession.builder().appName("SparkFaces").getOrCreate();
  }
}
