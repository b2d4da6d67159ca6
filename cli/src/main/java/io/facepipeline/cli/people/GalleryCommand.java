package io.facepipeline.cli.people;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ImageSource;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Galleries;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryBuilder;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryPerson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps people in a folder. */
@Command(
    name = "gallery",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Keeps people in a folder, and searches for faces.")
public final class GalleryCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public GalleryCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    throw Exit.wrongUsage(
        spec, "name an action: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** What all of the commands take. */
  public static final class Options {
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();

    @Option(
        names = "--gallery",
        required = true,
        paramLabel = "DIR",
        description = "The folder of the gallery.")
    Path folder;

    @Option(
        names = "--salvage",
        description =
            "Open a damaged gallery without the damaged records, and list them; the damaged file is"
                + " kept in the folder.")
    boolean salvage;

    @Option(names = "--json", paramLabel = "OUT", description = "Write the result as JSON.")
    @Nullable Path json;

    @Mixin ProgressOption progress = new ProgressOption();

    @SuppressWarnings("NullAway.Init") // picocli sets the required option
    Options() {}

    /** Opens a gallery that is there, and says what opening it found if that is worth saying. */
    Gallery open(PrintWriter err) {
      GalleryBuilder builder = Gallery.in(folder);
      return Galleries.reported((salvage ? builder.salvage() : builder).open(), err);
    }

    /** Opens a gallery that is only read: it may be another user's, or open elsewhere. */
    Gallery read(PrintWriter err) {
      salvaged(err);
      return Galleries.reported(Gallery.in(folder).readOnly().open(), err);
    }

    /** Salvages the gallery if that was asked for, so that it opens like any other. */
    void salvaged(PrintWriter err) {
      if (salvage) {
        open(err).close();
      }
    }

    /** Opens a gallery for an embedder, and makes it if it is not there. */
    Gallery open(ModelCard card, String embedder, @Nullable Float threshold, PrintWriter err) {
      return Galleries.open(folder, card, embedder, threshold, err);
    }

    void write(Object result) {
      if (json != null) {
        Reports.writeJson(json, GSON.toJsonTree(result));
      }
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Enrolls people from photos that show them alone.")
  int add(
      @Mixin StageOptions stageOptions,
      @Mixin LiveOptions live,
      @Mixin Options options,
      @Option(names = "--label", paramLabel = "NAME", description = "The person the photos show.")
          @Nullable String label,
      @Option(
              names = "--people",
              paramLabel = "DIR",
              description = "A folder per person, instead of --label and photos.")
          @Nullable Path people,
      @Option(names = "--replace", description = "Replace the person's faces with the new ones.")
          boolean replace,
      @Option(
              names = "--note",
              paramLabel = "KEY=VALUE",
              description = "Metadata of the person; may be repeated.")
          @Nullable Map<String, String> notes,
      @Option(
              names = "--threshold",
              paramLabel = "T",
              description = "Lowest cosine similarity of a known person, for a new gallery.")
          @Nullable Float threshold,
      @Parameters(arity = "0..*", paramLabel = "PATH", description = "Photos, or folders of them.")
          @Nullable List<Path> photos) {
    stageOptions.live = live;
    List<Path> paths = photos == null ? List.of() : photos;
    if ((label == null) == (people == null) || (people == null) == paths.isEmpty()) {
      throw Exit.wrongUsage(spec, "gallery add needs --label NAME and photos, or --people DIR");
    }
    Map<String, List<ImageSource>> known =
        people != null
            ? PhotoFiles.people(spec, people)
            : Map.of(String.valueOf(label), PhotoFiles.sources(spec, paths));
    return new GalleryEnrolling(spec, options)
        .run(stages, stageOptions, known, notes == null ? Map.of() : notes, replace, threshold);
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes people or faces; 'gallery compact' then erases them from the disk.")
  int remove(
      @Mixin Options options,
      @Option(names = "--face", paramLabel = "ID", description = "A face, by its number.")
          @Nullable List<Long> faces,
      @Parameters(arity = "0..*", paramLabel = "LABEL", description = "People.")
          @Nullable List<String> labels) {
    if (faces == null && labels == null) {
      throw Exit.wrongUsage(spec, "gallery remove needs labels or --face ID");
    }
    PrintWriter err = spec.commandLine().getErr();
    List<String> missing = new ArrayList<>();
    int removed = 0;
    try (Gallery gallery = options.open(err)) {
      for (String label : labels == null ? List.<String>of() : labels) {
        int count = gallery.remove(label);
        removed += count;
        if (count == 0) {
          missing.add(label);
        }
      }
      for (long id : faces == null ? List.<Long>of() : faces) {
        if (gallery.removeFace(id)) {
          removed++;
        } else {
          missing.add("face " + id);
        }
      }
    }
    missing.forEach(name -> err.println("facepipeline: " + name + ": not enrolled"));
    out()
        .printf(
            "%s removed; 'gallery compact' erases removed data from the disk%n",
            Counted.of(removed, "face"));
    JsonObject result = new JsonObject();
    result.addProperty("removed", removed);
    JsonArray names = new JsonArray();
    missing.forEach(names::add);
    result.add("notEnrolled", names);
    options.write(result);
    return Exit.code(missing.isEmpty());
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the people, and with --faces their faces.")
  int list(
      @Mixin Options options,
      @Option(names = "--faces", description = "Also list the faces' numbers.") boolean faces) {
    JsonArray result = new JsonArray();
    try (Gallery gallery = options.read(spec.commandLine().getErr())) {
      for (GalleryPerson person : gallery.people()) {
        JsonObject entry = new JsonObject();
        entry.addProperty("label", person.label());
        entry.addProperty("faces", person.faces());
        entry.add("metadata", Options.GSON.toJsonTree(person.metadata()));
        String more = person.metadata().isEmpty() ? "" : "  " + person.metadata();
        if (faces) {
          List<Long> ids =
              gallery.faces(person.label()).stream().map(GalleryPerson.EnrolledFace::id).toList();
          entry.add("ids", Options.GSON.toJsonTree(ids));
          more += "  " + ids;
        }
        result.add(entry);
        out()
            .printf(
                "%-20s %4d %s%s%n",
                person.label(), person.faces(), person.faces() == 1 ? "face" : "faces", more);
      }
    }
    options.write(result);
    return Exit.code(true);
  }

  @Command(
      name = "search",
      mixinStandardHelpOptions = true,
      description = "Lists the people of the gallery who resemble the faces in photos.")
  int search(
      @Mixin StageOptions stageOptions,
      @Mixin Options options,
      @Option(names = "--top", paramLabel = "K", description = "Number of people (default: 5).")
          @Nullable Integer top,
      @Option(names = "--mean", description = "Score a person by the mean of their faces.")
          boolean mean,
      @Parameters(arity = "1..*", paramLabel = "PATH", description = "Photos, or folders of them.")
          List<Path> paths) {
    return new GallerySearching(spec, options)
        .run(stages, stageOptions, PhotoFiles.sources(spec, paths), top == null ? 5 : top, mean);
  }

  @Command(
      name = "compact",
      mixinStandardHelpOptions = true,
      description = "Erases removed data from the disk.")
  int compact(@Mixin Options options) {
    try (Gallery gallery = options.open(spec.commandLine().getErr())) {
      long before = gallery.stats().bytesOnDisk();
      try (TerminalBar bar = options.progress.start(gallery.labels().size(), "people")) {
        gallery.compact(bar);
      }
      long after = gallery.stats().bytesOnDisk();
      out().printf("%d bytes before, %d after%n", before, after);
      JsonObject result = new JsonObject();
      result.addProperty("bytesBefore", before);
      result.addProperty("bytesAfter", after);
      options.write(result);
    }
    return Exit.code(true);
  }

  @Command(
      name = "stats",
      mixinStandardHelpOptions = true,
      description = "Shows the size of the gallery.")
  int stats(@Mixin Options options) {
    try (Gallery gallery = options.read(spec.commandLine().getErr())) {
      Gallery.Stats stats = gallery.stats();
      out()
          .printf(
              Locale.ROOT,
              "%s, %s of %d dimensions%nmodel %s, threshold %.3f%n"
                  + "%d bytes on the disk, of which compact frees %d%n",
              Counted.people(stats.people()),
              Counted.of(stats.faces(), "face"),
              stats.dimensions(),
              stats.model(),
              stats.threshold(),
              stats.bytesOnDisk(),
              stats.bytesReclaimable());
      options.write(stats);
    }
    return Exit.code(true);
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Writes the gallery as .csv or .npz (NumPy).")
  int export(
      @Mixin Options options,
      @Parameters(index = "0", paramLabel = "FILE", description = "The file.") Path file) {
    try (Gallery gallery = options.read(spec.commandLine().getErr());
        TerminalBar bar = options.progress.start(gallery.labels().size(), "people")) {
      gallery.exportTo(file, bar);
      return counted(options, "exported", gallery.size());
    }
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = "Enrolls the faces of a .csv or .npz file; --embedder only for a new gallery.")
  int importFile(
      @Mixin StageOptions stageOptions,
      @Mixin Options options,
      @Option(
              names = "--threshold",
              paramLabel = "T",
              description = "Lowest cosine similarity of a known person, for a new gallery.")
          @Nullable Float threshold,
      @Parameters(index = "0", paramLabel = "FILE", description = "The file.") Path file) {
    try (Gallery gallery = opened(stageOptions, options, threshold);
        TerminalBar bar = options.progress.start(Integer.MAX_VALUE, "faces")) {
      return counted(options, "imported", gallery.importFrom(file, bar));
    }
  }

  private Gallery opened(StageOptions stageOptions, Options options, @Nullable Float threshold) {
    PrintWriter err = spec.commandLine().getErr();
    try {
      return options.open(err);
    } catch (GalleryException e) {
      if (e.reason() != GalleryException.Reason.NOT_FOUND) {
        throw e;
      }
      try (FaceEmbedder embedder = stages.embedder(stageOptions)) {
        return options.open(embedder.card(), stageOptions.embedder, threshold, err);
      }
    }
  }

  private int counted(Options options, String what, long faces) {
    out().printf("%s %s%n", Counted.of(faces, "face"), what);
    JsonObject result = new JsonObject();
    result.addProperty(what, faces);
    options.write(result);
    return Exit.code(true);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
