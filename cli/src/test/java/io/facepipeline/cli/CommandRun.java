package io.facepipeline.cli;

import io.facepipeline.cli.stages.StageFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** What a command printed and how it ended. */
public record CommandRun(int exitCode, String out, String err) {
  /** Runs a command with stages that know the sample album. */
  public static CommandRun of(Object... args) {
    return with(new AlbumStages(), args);
  }

  /** Runs a command; the arguments may be paths. */
  public static CommandRun with(StageFactory stages, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            stages,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Arrays.stream(args).map(String::valueOf).toArray(String[]::new));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
