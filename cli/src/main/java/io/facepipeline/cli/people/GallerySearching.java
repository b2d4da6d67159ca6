package io.facepipeline.cli.people;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Match.Candidate;
import io.facepipeline.Outcome;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.gallery.GalleryQuery.Aggregation;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Searches a gallery for the faces in photos; those of one photo together. */
final class GallerySearching {
  private final CommandSpec spec;
  private final GalleryCommand.Options options;

  GallerySearching(CommandSpec spec, GalleryCommand.Options options) {
    this.spec = spec;
    this.options = options;
  }

  int run(
      StageFactory stages,
      StageOptions stageOptions,
      List<ImageSource> photos,
      int top,
      boolean mean) {
    GalleryQuery query =
        GalleryQuery.top(top).withAggregation(mean ? Aggregation.MEAN : Aggregation.BEST);
    PrintWriter err = spec.commandLine().getErr();
    boolean all = true;
    JsonArray result = new JsonArray();
    try (Gallery gallery = options.read(err);
        FacePipeline pipeline = following(gallery, stages, stageOptions);
        TerminalBar bar = options.progress.start(photos.size(), "photos");
        Stream<Outcome<List<EmbeddedFace>>> found = pipeline.embedEach(photos.stream())) {
      for (Outcome<List<EmbeddedFace>> photo :
          (Iterable<Outcome<List<EmbeddedFace>>>) found::iterator) {
        JsonObject entry = new JsonObject();
        entry.addProperty("image", photo.name());
        try {
          entry.add("faces", faces(photo.name(), photo.get(), gallery, query));
          entry.addProperty("error", (String) null);
        } catch (RuntimeException e) {
          all = false;
          String problem = PhotoOptions.problem(photo.name(), e);
          err.println("facepipeline: " + problem);
          entry.add("faces", new JsonArray());
          entry.addProperty("error", problem);
        }
        result.add(entry);
        bar.progress(result.size(), photos.size(), photo.name());
      }
    }
    options.write(result);
    return Exit.code(all);
  }

  private FacePipeline following(Gallery gallery, StageFactory stages, StageOptions stageOptions) {
    String folder = options.folder.toString();
    stageOptions.follow(spec, stages, gallery.fingerprint(), folder);
    FacePipeline pipeline = Pipelines.embedding(stages, stageOptions);
    try {
      Pipelines.requireSame(options.folder, gallery, pipeline.card());
      return pipeline;
    } catch (RuntimeException e) {
      pipeline.close();
      throw e;
    }
  }

  private JsonArray faces(
      String photo, List<EmbeddedFace> found, Gallery gallery, GalleryQuery query) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %s%n", photo, Counted.of(found.size(), "face"));
    List<Embedding> probes = found.stream().map(EmbeddedFace::embedding).toList();
    List<List<Candidate>> answers = gallery.searchAll(probes, query);
    JsonArray faces = new JsonArray();
    for (int i = 0; i < found.size(); i++) {
      JsonObject face = new JsonObject();
      face.add("box", Reports.box(found.get(i).face().box()));
      JsonArray candidates = new JsonArray();
      out.println("  at " + found.get(i).face().box());
      for (Candidate candidate : answers.get(i)) {
        out.printf(
            Locale.ROOT,
            "    %-20s %6.3f%s%n",
            candidate.label(),
            candidate.score(),
            candidate.score() >= gallery.threshold() ? "" : "  (below the threshold)");
        JsonObject c = new JsonObject();
        c.addProperty("label", candidate.label());
        c.addProperty("similarity", candidate.score());
        candidates.add(c);
      }
      face.add("candidates", candidates);
      faces.add(face);
    }
    return faces;
  }
}
