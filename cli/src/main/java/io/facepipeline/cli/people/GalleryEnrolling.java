package io.facepipeline.cli.people;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.Enrollment;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Enrolls people from photos in a gallery that is kept: each person with one write. */
final class GalleryEnrolling {
  private final CommandSpec spec;
  private final GalleryCommand.Options options;

  GalleryEnrolling(CommandSpec spec, GalleryCommand.Options options) {
    this.spec = spec;
    this.options = options;
  }

  int run(
      StageFactory stages,
      StageOptions stageOptions,
      Map<String, List<ImageSource>> people,
      Map<String, String> notes,
      boolean replace,
      @Nullable Float threshold) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean all = true;
    JsonArray result = new JsonArray();
    options.salvaged(err);
    stageOptions.followGallery(spec, stages, options.folder);
    try (FacePipeline pipeline =
            Pipelines.builder(stages, stageOptions)
                .classifier(card -> options.open(card, stageOptions.embedder, threshold, err))
                .build();
        TerminalBar bar = options.progress.start(people.size(), "people")) {
      Enrollment.Options enrolling =
          Enrollment.Options.defaults().withMetadata(notes).withReplacing(replace);
      int done = 0;
      for (Map.Entry<String, List<ImageSource>> person : people.entrySet()) {
        String label = person.getKey();
        List<ImageSource> photos = person.getValue();
        long faces = Enrolling.one(pipeline, label, photos, enrolling, out, err);
        all &= faces == photos.size();
        JsonObject entry = new JsonObject();
        entry.addProperty("label", label);
        entry.addProperty("photos", photos.size());
        entry.addProperty("enrolled", faces);
        result.add(entry);
        bar.progress(++done, people.size(), label);
      }
    }
    options.write(result);
    return Exit.code(all);
  }
}
