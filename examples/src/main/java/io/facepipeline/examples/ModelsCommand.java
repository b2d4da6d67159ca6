package io.facepipeline.examples;

import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.onnx.CardMetadata;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.OnnxFile;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.store.HashCheck;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreBuilder;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows, checks and fetches models. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "list|inspect|verify|fetch",
    description = "Shows what models there are, and fetches them.")
final class ModelsCommand implements Runnable {
  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  ModelsCommand() {}

  @Override
  public void run() {
    throw Main.wrongUsage(spec, "say what to do: list, inspect, verify or fetch");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the catalogue.")
  int list(@Mixin StoreOptions options) {
    ModelStore store = options.store(new DownloadProgress(false)).build();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-22s %-22s %-12s %-12s %s%n", "id", "architecture", "here", "licence", "accuracy");
    for (Catalogue.Entry entry : Catalogue.entries()) {
      PublishedFile first = entry.files().get(0);
      out.printf(
          "%-22s %-22s %-12s %-12s %s%n",
          entry.id(),
          entry.architecture(),
          state(store, entry),
          first.licence() + (first.licence().restricted() ? " (restricted)" : ""),
          entry.accuracy().map(Object::toString).orElse("-"));
    }
    return 0;
  }

  private static String state(ModelStore store, Catalogue.Entry entry) {
    if (entry.files().stream().allMatch(f -> store.find(f).isPresent())) {
      return "yes";
    }
    return entry.files().stream().allMatch(f -> f.downloadable().isPresent())
        ? "can fetch"
        : "by hand";
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "Says what a checkpoint or ONNX file holds.")
  int inspect(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("file:         " + file);
    out.println("size:         " + Files.size(file) + " bytes");
    out.println("sha256:       " + Checkpoint.sha256(file));
    if (file.toString().endsWith(".onnx")) {
      inspectOnnx(file, out);
      return 0;
    }
    Checkpoint checkpoint = Checkpoint.read(file);
    Backbone backbone = Backbone.detect(file);
    out.println("format:       " + checkpoint.format());
    out.println("architecture: " + backbone.architecture());
    out.println("model:        " + backbone.id());
    out.println("tensors:      " + checkpoint.tensors().size());
    out.println(
        "parameters:   "
            + checkpoint.tensors().entrySet().stream()
                .filter(e -> !e.getKey().endsWith("num_batches_tracked"))
                .map(Map.Entry::getValue)
                .mapToLong(Tensor::size)
                .sum());
    out.println("crop:         " + backbone.crop());
    backbone.accuracy().ifPresent(a -> out.println("published:    " + a));
    backbone.thresholds().ifPresent(t -> out.println("thresholds:   " + text(t)));
    return 0;
  }

  private static void inspectOnnx(Path file, PrintWriter out) throws IOException {
    Graph graph = OnnxFile.read(Files.readAllBytes(file));
    out.println("format:       onnx, operators " + graph.opset());
    out.println("inputs:       " + graph.dataInputs());
    out.println("outputs:      " + graph.outputs());
    out.println("operations:   " + graph.nodes().size());
    out.println(
        "parameters:   "
            + graph.initializers().values().stream()
                .mapToLong(t -> t instanceof Weights w ? w.size() : 0)
                .sum());
    if (!CardMetadata.isPresent(graph.metadata())) {
      out.println("card:         none");
      return;
    }
    ModelCard card = CardMetadata.read(graph.metadata());
    out.println("architecture: " + card.architecture());
    out.println("model:        " + card.fingerprint());
    out.println("embedding:    " + card.embeddingSize());
    out.println("crop:         " + card.crop());
    out.println(
        "input:        " + card.colorOrder() + ", (x - " + card.mean() + ") / " + card.deviation());
    out.println("licence:      " + card.licence());
    out.println("origin:       " + card.origin());
    card.measured().ifPresent(t -> out.println("thresholds:   " + text(t)));
  }

  private static String text(ModelCard.Thresholds t) {
    return "verification "
        + t.verification()
        + ", identification "
        + t.identification()
        + " ("
        + t.data()
        + ")";
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Compares the hashes of the files that are here with the published ones.")
  int verify(@Mixin StoreOptions options) {
    ModelStore store = options.store(new DownloadProgress(false)).build();
    PrintWriter out = spec.commandLine().getOut();
    boolean sound = true;
    for (Catalogue.Entry entry : Catalogue.entries()) {
      for (PublishedFile file : entry.files()) {
        Optional<Path> found = store.find(file);
        if (found.isPresent()) {
          HashCheck check = ModelStore.check(file, found.get());
          sound &= check.verdict() != HashCheck.Verdict.DIFFERS;
          out.println(
              check.path()
                  + ": "
                  + switch (check.verdict()) {
                    case MATCHES -> "as published";
                    case DIFFERS -> "NOT AS PUBLISHED, sha256 " + check.sha256();
                    case UNKNOWN -> "no hash is published, sha256 " + check.sha256();
                  });
        }
      }
    }
    return Main.exitCode(sound);
  }

  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      description = "Downloads a model into the cache, unless it is here.")
  int fetch(
      @Parameters(paramLabel = "ID", description = "A catalogue id.") String id,
      @Option(names = "--accept-licence", description = "Accept a restricted licence.")
          boolean acceptLicence,
      @Mixin StoreOptions options) {
    Catalogue.Entry entry = Catalogue.named(id);
    ModelStoreBuilder store = options.store(new DownloadProgress(true));
    if (acceptLicence) {
      store.acceptLicence(id);
    }
    PublishedFile first = entry.files().get(0);
    spec.commandLine().getErr().println(id + ": " + first.licence() + ", " + first.licence().url());
    List<Path> files = store.build().require(entry.files());
    files.forEach(spec.commandLine().getOut()::println);
    return 0;
  }
}
