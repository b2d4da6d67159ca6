package io.facepipeline.cli.models;

import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.DownloadProgress;
import io.facepipeline.cli.stages.StoreOptions;
import io.facepipeline.evaluation.Table;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreBuilder;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    synopsisSubcommandLabel = "list|inspect|verify|fetch|cache",
    description = "Lists, checks and fetches models.")
public final class ModelsCommand implements Runnable {
  private static final List<String> COLUMNS =
      List.of("id", "architecture", "here", "license", "commercial", "accuracy");

  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public ModelsCommand() {}

  @Override
  public void run() {
    throw Exit.wrongUsage(spec, "name an action: list, inspect, verify, fetch or cache");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the catalog.")
  int list(
      @Option(
              names = "--commercial",
              description = "Only weights whose authors state that commercial use is allowed.")
          boolean commercial,
      @Mixin StoreOptions options) {
    ModelStore store = options.store(new DownloadProgress(false)).build();
    List<List<String>> rows = new ArrayList<>();
    for (CatalogEntry entry : Catalogue.entries()) {
      PublishedFile.License license = entry.file().license();
      if (commercial && license.commercialUse() != CommercialUse.YES) {
        continue;
      }
      rows.add(
          List.of(
              entry.id(),
              Catalogue.describe(entry),
              state(store, entry),
              license.toString(),
              license.commercialUse().toString(),
              entry.accuracy().map(Object::toString).orElse("-")));
    }
    spec.commandLine().getOut().print(new Table(COLUMNS, rows).toText());
    return 0;
  }

  private static String state(ModelStore store, CatalogEntry entry) {
    if (entry.files().stream().allMatch(PublishedFile::isInside)) {
      return "inside";
    }
    if (entry.files().stream().allMatch(f -> store.find(f).isPresent())) {
      return "yes";
    }
    if (entry.files().stream().anyMatch(f -> !store.named(f).isEmpty())) {
      return "another file";
    }
    return entry.files().stream().allMatch(f -> f.downloadable().isPresent())
        ? "can fetch"
        : "by hand";
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = {
        "Shows what a checkpoint or ONNX file holds, whether it is a published one, and what"
            + " happens when it is used."
      })
  int inspect(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    new Inspection(file, spec.commandLine().getOut()).print();
    return 0;
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Compares the hashes of local files with the published ones.")
  int verify(@Mixin StoreOptions options) {
    ModelStore store = options.store(new DownloadProgress(false)).build();
    PrintWriter out = spec.commandLine().getOut();
    boolean sound = true;
    boolean any = false;
    for (CatalogEntry entry : Catalogue.entries()) {
      for (PublishedFile file : entry.files()) {
        Optional<Path> found = store.find(file).or(() -> store.named(file).stream().findFirst());
        if (found.isPresent()) {
          ModelStore.HashCheck check = ModelStore.check(file, found.get());
          any = true;
          sound &= check.verdict() != ModelStore.HashCheck.Verdict.DIFFERS;
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
    if (!any) {
      out.println("no published model is here; name the folder of yours with --models DIR");
    }
    return Exit.code(sound);
  }

  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      description = "Downloads a model into the cache, unless it is found locally.")
  int fetch(
      @Parameters(paramLabel = "ID", description = "A catalog id.") String id,
      @Option(
              names = {"--accept-license", "--accept-licence"},
              description = "Accept a restricted license.")
          boolean acceptLicense,
      @Mixin StoreOptions options) {
    CatalogEntry entry = Catalogue.named(id);
    ModelStoreBuilder store = options.store(new DownloadProgress(true));
    if (acceptLicense) {
      store.acceptLicense(id);
    }
    PublishedFile first = entry.files().get(0);
    spec.commandLine()
        .getErr()
        .println(
            id
                + ": "
                + first.license()
                + ", "
                + first.license().url()
                + ", commercial use: "
                + first.license().commercialUse()
                + entry.trainedOn().map(data -> ", trained on " + data).orElse(""));
    List<Path> files = store.build().require(entry.files());
    files.forEach(spec.commandLine().getOut()::println);
    return 0;
  }

  @Command(
      name = "cache",
      mixinStandardHelpOptions = true,
      description = "Shows the cache, and removes what can be rebuilt.")
  int cache(
      @Option(
              names = "--clean",
              description = "Remove converted models and unpacked native libraries.")
          boolean clean,
      @Mixin StoreOptions options) {
    ModelStore store = options.store(new DownloadProgress(false)).build();
    PrintWriter out = spec.commandLine().getOut();
    long bytes = 0;
    for (ModelStore.CachedItem item : clean ? store.cleanCache() : store.cached()) {
      bytes += item.bytes();
      out.printf(
          "%-11s %7.1f MB  %s%n",
          item.kind().name().toLowerCase(Locale.ROOT), item.bytes() / 1e6, item.path());
    }
    out.printf("%s %.1f MB%n", clean ? "removed" : "together", bytes / 1e6);
    return 0;
  }
}
