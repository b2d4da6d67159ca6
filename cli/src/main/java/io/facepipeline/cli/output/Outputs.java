package io.facepipeline.cli.output;

import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Refuses results that cannot be written before any work is done for them: every command's, by the
 * names of its options.
 */
public final class Outputs {
  private static final Set<String> FILES =
      Set.of("--json", "--csv", "--left-out", "--markdown", "--album");
  private static final Set<String> FOLDERS =
      Set.of("--annotate", "--plots", "--cache", "--npy", "--move-to");

  /** The commands whose {@code --out} is one file; a video ends in .mp4. */
  private static final Set<String> OUT_IS_FILE = Set.of("train", "import");

  private static final Set<String> OUT_IS_FOLDER = Set.of("align", "cluster", "hide");

  private Outputs() {}

  /** Checks the outputs that a command was given. */
  public static void check(ParseResult parsed) {
    CommandSpec spec = parsed.commandSpec();
    Map<Path, String> taken = new HashMap<>();
    Set<Path> inputs = inputs(parsed);
    for (OptionSpec option : parsed.matchedOptions()) {
      if (option.getValue() instanceof Path path) {
        String name = option.longestName();
        boolean out = name.equals("--out");
        boolean file =
            FILES.contains(name)
                || (out
                    && (OUT_IS_FILE.contains(spec.name())
                        || (isTrack(spec) && path.toString().endsWith(".mp4"))));
        boolean folder =
            FOLDERS.contains(name)
                || (out && !file && (OUT_IS_FOLDER.contains(spec.name()) || isTrack(spec)));
        if (file || folder) {
          String problem = file ? fileProblem(path) : folderProblem(path);
          if (problem != null) {
            throw Exit.wrongUsage(
                spec, name + " " + path + " cannot be written: " + problem + "; name another");
          }
        }
        if (file && !WholeFile.isStream(path)) {
          Path place = path.toAbsolutePath().normalize();
          String other = taken.put(place, name);
          if (other != null) {
            throw Exit.wrongUsage(
                spec, name + " and " + other + " name the same file " + path + "; name two");
          }
          if (inputs.contains(place)) {
            throw Exit.wrongUsage(
                spec, name + " would overwrite the input " + path + "; name another");
          }
        }
      }
    }
  }

  private static boolean isTrack(CommandSpec spec) {
    return spec.name().equals("track");
  }

  private static Set<Path> inputs(ParseResult parsed) {
    Set<Path> inputs = new HashSet<>();
    for (PositionalParamSpec given : parsed.matchedPositionals()) {
      if (given.getValue() instanceof Path one) {
        inputs.add(one.toAbsolutePath().normalize());
      } else if (given.getValue() instanceof List<?> several) {
        for (Object one : several) {
          if (one instanceof Path path) {
            inputs.add(path.toAbsolutePath().normalize());
          }
        }
      }
    }
    return inputs;
  }

  private static @Nullable String fileProblem(Path file) {
    if (Files.isDirectory(file)) {
      return "it is a folder";
    }
    if (WholeFile.isStream(file)) {
      return Files.isWritable(file) ? null : "there is no such device";
    }
    Path parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? "it names no file" : folderProblem(parent);
  }

  /** Tries it: whether something may be written is not to be told from rights alone. */
  private static @Nullable String folderProblem(Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null) {
      return "its folder does not exist";
    }
    if (!Files.isDirectory(there)) {
      return there + " is a file, not a folder";
    }
    try {
      Files.delete(Files.createTempFile(there, ".facepipeline", ".part"));
      return null;
    } catch (IOException e) {
      return "nothing can be written in " + there + " (" + e.getClass().getSimpleName() + ")";
    }
  }
}
