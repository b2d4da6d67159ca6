package io.facepipeline.training.network;

import io.facepipeline.training.torch.TorchScope;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs the command. */
@ExtendWith(TorchScope.class)
abstract class NetworkFixture {
  static final int SOME_FAILED = 1;
  @TempDir Path folder;

  /** What a command printed and how it ended. */
  record Run(int exitCode, String out, String err) {}

  static Run run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new NetworkCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          command.getErr().println(e.getMessage());
          return 2;
        });
    List<String> all = new ArrayList<>(Arrays.stream(arguments).map(String::valueOf).toList());
    all.add("--quiet");
    int exitCode = line.execute(all.toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }
}
