package io.facepipeline.cli.output;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How commands end. */
public final class Exit {
  /** Everything was done. */
  public static final int DONE = 0;

  /** Some inputs failed; each is named on the error output. */
  public static final int FAILED_INPUTS = 1;

  /** Wrong usage, or missing models. */
  public static final int WRONG_USAGE = 2;

  private Exit() {}

  /** The exit code of a command some of whose inputs may have failed. */
  public static int code(boolean allDone) {
    return allDone ? DONE : FAILED_INPUTS;
  }

  /** Wrong usage that picocli cannot see. */
  public static ParameterException wrongUsage(CommandSpec spec, String message) {
    List<CommandLine> called = spec.commandLine().getParseResult().asCommandLineList();
    return new ParameterException(called.get(called.size() - 1), message);
  }
}
