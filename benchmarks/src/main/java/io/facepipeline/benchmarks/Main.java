package io.facepipeline.benchmarks;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** What the benchmarks' jar runs: JMH itself, or one of the commands beside it. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    description = "JMH with its own options, unless a command is named.",
    subcommands = {
      QuickCommand.class,
      ColdStartCommand.class,
      SoakCommand.class,
      TuneCommand.class,
      GpuCommand.class
    })
public final class Main implements Callable<Integer> {
  @Unmatched private String[] jmhArguments = {};

  private Main() {}

  /**
   * Runs what the arguments say and ends the process.
   *
   * @param arguments a command and its options, or those of JMH
   * @throws Exception if JMH fails
   */
  public static void main(String[] arguments) throws Exception {
    boolean isCommand =
        arguments.length > 0
            && (arguments[0].equals("--help")
                || new CommandLine(new Main()).getSubcommands().containsKey(arguments[0]));
    if (isCommand) {
      System.exit(new CommandLine(new Main()).execute(arguments));
    }
    org.openjdk.jmh.Main.main(arguments);
  }

  @Override
  public Integer call() {
    return jmhArguments.length;
  }
}
