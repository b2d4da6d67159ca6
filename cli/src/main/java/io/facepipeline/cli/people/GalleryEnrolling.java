package io.facepipeline.cli.people;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.Main;
import io.facepipeline.cli.output.Progress;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.gallery.Enrollment;
import io.facepipeline.gallery.Gallery;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Enrols people from photos in a gallery that is kept: each person with one write. */
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
    ModelCard[] card = new ModelCard[1];
    options.salvaged(err);
    stageOptions.followGallery(spec, stages, options.folder);
    try (FacePipeline pipeline =
            Pipelines.build(
                stages,
                stageOptions,
                (builder, model) -> {
                  card[0] = model;
                  builder.classifier(Gallery.inMemory(model, 0));
                });
        Gallery gallery = options.open(card[0], stageOptions.embedder, threshold, err);
        Progress bar = Progress.start(options.progress, people.size(), "people")) {
      // The pipeline's own gallery keeps a person's faces until all photos have been looked at.
      Gallery found = (Gallery) pipeline.gallery();
      int done = 0;
      for (Map.Entry<String, List<ImageSource>> person : people.entrySet()) {
        String label = person.getKey();
        all &= IdentifyCommand.enroll(pipeline, Map.of(label, person.getValue()), out, err);
        int faces = found.embeddings(label).size();
        if (faces > 0) {
          Enrollment enrollment = new Enrollment(label, found.embeddings(label), notes);
          if (replace) {
            gallery.replace(enrollment);
          } else {
            gallery.enrollAll(List.of(enrollment));
          }
          found.remove(label);
        }
        JsonObject entry = new JsonObject();
        entry.addProperty("label", label);
        entry.addProperty("photos", person.getValue().size());
        entry.addProperty("enrolled", faces);
        result.add(entry);
        bar.progress(++done, people.size(), label);
      }
    }
    options.write(result);
    return Main.exitCode(all);
  }
}
