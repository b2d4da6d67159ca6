package io.facepipeline.cli;

import io.facepipeline.FacePipelineException;
import io.facepipeline.cli.evaluation.EvaluateCommand;
import io.facepipeline.cli.evaluation.OutliersCommand;
import io.facepipeline.cli.models.ImportCommand;
import io.facepipeline.cli.models.ModelsCommand;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Outputs;
import io.facepipeline.cli.people.ClassifyCommand;
import io.facepipeline.cli.people.ClusterCommand;
import io.facepipeline.cli.people.CompareCommand;
import io.facepipeline.cli.people.GalleryCommand;
import io.facepipeline.cli.people.IdentifyCommand;
import io.facepipeline.cli.people.VerifyCommand;
import io.facepipeline.cli.photos.AlignCommand;
import io.facepipeline.cli.photos.AnalyzeCommand;
import io.facepipeline.cli.photos.ClassifyImageCommand;
import io.facepipeline.cli.photos.DetectCommand;
import io.facepipeline.cli.photos.DetectorsCommand;
import io.facepipeline.cli.photos.EmbedCommand;
import io.facepipeline.cli.photos.ExpressionCommand;
import io.facepipeline.cli.photos.HideCommand;
import io.facepipeline.cli.serve.ServeCommand;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.training.TrainCommand;
import io.facepipeline.cli.video.TrackCommand;
import io.facepipeline.internal.PlainWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line's entry. Exit codes: 0 done, 1 some inputs failed, 2 wrong usage or missing
 * models.
 */
@Command(
    name = "facepipeline",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Finds faces in photos, compares them and tells who they are.",
    footer = {
      "",
      "Exit codes: 0 done, 1 some inputs failed, 2 wrong usage or missing models.",
      "'facepipeline --debug COMMAND ...' prints the stack trace of a failure.",
      "'facepipeline COMMAND --help' lists the options."
    })
public final class Main {
  @Option(names = "--debug", description = "Print the stack trace of a failure.")
  private boolean debug;

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
  public static int run(StageFactory stages, PrintWriter out, PrintWriter err, String... args) {
    try {
      return execute(stages, out, err, args);
    } finally {
      // Only whole lines that are printed as such are flushed by themselves; a table is not.
      out.flush();
      err.flush();
    }
  }

  private static int execute(
      StageFactory stages, PrintWriter out, PrintWriter err, String... args) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    // To look into all commands takes longer than to find the faces of a photo.
    Map<String, Supplier<Object>> commands = commands(stages);
    Supplier<Object> wanted = commands.get(command(args));
    if (wanted != null) {
      line.addSubcommand(wanted.get());
    } else {
      commands.values().forEach(each -> line.addSubcommand(each.get()));
    }
    Usage.shape(line);
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (e, wrong) -> {
          CommandLine command = e.getCommandLine();
          // The error comes last, where it is seen.
          UnmatchedArgumentException.printSuggestions(e, err);
          err.println(
              "facepipeline: "
                  + PlainWords.of(e)
                  + "; see '"
                  + command.getCommandSpec().qualifiedName()
                  + " --help'");
          return Exit.WRONG_USAGE;
        });
    line.setExecutionStrategy(
        parsed -> {
          ParseResult last = parsed;
          while (last.hasSubcommand()) {
            last = last.subcommand();
          }
          if (!last.isUsageHelpRequested() && !last.isVersionHelpRequested()) {
            Usage.check(last);
            Outputs.check(last);
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (main.debug) {
            e.printStackTrace(err);
          }
          boolean foreseen =
              e instanceof FacePipelineException
                  || e instanceof IllegalArgumentException
                  || e instanceof IOException
                  || e instanceof UncheckedIOException;
          err.println("facepipeline: " + (foreseen ? PlainWords.of(e) : unforeseen(e)));
          return foreseen ? Exit.WRONG_USAGE : Exit.FAILED_INPUTS;
        });
    for (String arg : args) {
      if (arg.indexOf('\uFFFD') >= 0) {
        err.println(
            "facepipeline: characters of the argument \""
                + arg
                + "\" were lost in this process's locale; set LC_ALL=C.UTF-8 or another UTF-8"
                + " locale");
        return Exit.WRONG_USAGE;
      }
    }
    if (args.length == 0) {
      line.usage(err);
      err.println("facepipeline: no command was given");
      return Exit.WRONG_USAGE;
    }
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "facepipeline: out of memory; give the program more memory with java -Xmx4g -jar ...");
      return Exit.WRONG_USAGE;
    }
  }

  /** How each command is made, by its name, in the order of the help. */
  static Map<String, Supplier<Object>> commands(StageFactory stages) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("detect", () -> new DetectCommand(stages));
    commands.put("detectors", () -> new DetectorsCommand(stages));
    commands.put("align", () -> new AlignCommand(stages));
    commands.put("embed", () -> new EmbedCommand(stages));
    commands.put("verify", () -> new VerifyCommand(stages));
    commands.put("compare", () -> new CompareCommand(stages));
    commands.put("identify", () -> new IdentifyCommand(stages));
    commands.put("track", () -> new TrackCommand(stages));
    commands.put("hide", () -> new HideCommand(stages));
    commands.put("serve", () -> new ServeCommand(stages));
    commands.put("train", () -> new TrainCommand(stages));
    commands.put("classify", () -> new ClassifyCommand(stages));
    commands.put("cluster", () -> new ClusterCommand(stages));
    commands.put("outliers", () -> new OutliersCommand(stages));
    commands.put("analyze", () -> new AnalyzeCommand(stages));
    commands.put("expression", () -> new ExpressionCommand(stages));
    commands.put("classify-image", () -> new ClassifyImageCommand());
    commands.put("import", () -> new ImportCommand());
    commands.put("models", () -> new ModelsCommand());
    commands.put("evaluate", () -> EvaluateCommand.line(stages));
    commands.put("gallery", () -> new GalleryCommand(stages));
    return commands;
  }

  /** The word that should be a command. */
  private static String command(String[] args) {
    int at = 0;
    while (at < args.length && args[at].equals("--debug")) {
      at++;
    }
    return at < args.length ? args[at] : "";
  }

  /** What is said of a fault of the program's own. */
  private static String unforeseen(Exception e) {
    String told = e.getMessage() == null ? "" : ": " + PlainWords.of(e);
    return "failed unexpectedly: "
        + e.getClass().getSimpleName()
        + told
        + "; please report it with the output of 'facepipeline --debug COMMAND ...'";
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
