package io.facepipeline.examples;

import io.facepipeline.ModelCard;
import io.facepipeline.WholeFile;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.onnx.CardFile;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a checkpoint into an ONNX file that describes itself. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Turns a checkpoint into an ONNX file with its card.",
      "The card (crop, scaling, thresholds, licence) is written as JSON beside it, too."
    })
final class ImportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint as it was published.")
  Path checkpoint;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The ONNX file (default: beside the checkpoint, its name with .onnx).")
  @Nullable Path out;

  @Option(
      names = "--model",
      paramLabel = "ID",
      description = "The catalogue id (default: recognised by the tensors).")
  @Nullable String model;

  @Option(
      names = "--plain",
      description =
          "Keep the graph as its authors built it: for GPUs. Else it is made fast on CPUs.")
  boolean plain;

  @Option(names = "--force", description = "Overwrite what is there.")
  boolean force;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the parameters
  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Path onnx = out != null ? out : checkpoint.resolveSibling(baseName(checkpoint) + ".onnx");
    Path json = onnx.resolveSibling(baseName(onnx) + ".card.json");
    for (Path file : List.of(onnx, json)) {
      if (Files.exists(file) && !force) {
        throw Main.wrongUsage(spec, file + " exists already; overwrite it with --force");
      }
    }
    err.println("[1/3] reading " + checkpoint);
    Backbone backbone = model == null ? Backbone.detect(checkpoint) : named(model);
    Checkpoint weights = Checkpoint.read(checkpoint);
    err.println("[2/3] converting " + backbone.architecture());
    WholeFile.write(
        onnx,
        WholeFile.Access.UMASK,
        part -> {
          try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            backbone.convert(weights, !plain, channel);
          }
        });
    err.println("[3/3] checking " + onnx);
    ModelCard card;
    try (OnnxFaceEmbedder embedder = OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults())) {
      card = embedder.card();
    }
    WholeFile.write(
        json, WholeFile.Access.UMASK, CardFile.write(card).getBytes(StandardCharsets.UTF_8));
    spec.commandLine()
        .getOut()
        .println(card.fingerprint() + ": " + onnx + " (" + Files.size(onnx) + " bytes), " + json);
    return 0;
  }

  private static Backbone named(String id) {
    return Backbone.named(id)
        .orElseThrow(() -> new IllegalArgumentException("no embedder " + id + " in the catalogue"));
  }

  private static String baseName(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    int last =
        name.endsWith(".pth.tar") ? name.length() - ".pth.tar".length() : name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, last);
  }
}
