package io.facepipeline.cli.photos;

import io.facepipeline.EmbeddedFace;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.EmbeddingArrays;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns the faces in photos into embeddings. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {
      "Turns the faces in photos into embeddings: every face of photos, or with --people one face"
          + " a photo, labeled.",
      "--json, --csv and --npy hold the vectors."
    })
public final class EmbedCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description =
          "A folder per person, instead of PATH: one face of each photo, labeled with the folder's"
              + " name.")
  @Nullable Path people;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "With --people, the face to use if there are several: ${COMPLETION-CANDIDATES} (default:"
              + " dominant, the largest if all others are far smaller).")
  @Nullable Select select;

  @Option(
      names = "--npy",
      paramLabel = "DIR",
      description =
          "Write NumPy's arrays: embeddings.npy (float32), images.npy (each face's photo), and with"
              + " --people labels.npy (numbers) and label_strings.npy.")
  @Nullable Path npy;

  @Parameters(arity = "0..*", paramLabel = "PATH", description = "Photos, or folders of photos.")
  List<Path> paths = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public EmbedCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    if (people == null && paths.isEmpty()) {
      throw Exit.wrongUsage(spec, "embed needs photos, or --people DIR");
    }
    if (people != null && !paths.isEmpty()) {
      throw Exit.wrongUsage(
          spec,
          "embed takes photos or --people, not both, got --people "
              + people
              + " and "
              + paths.get(0));
    }
    if (select != null && people == null) {
      throw Exit.wrongUsage(
          spec, "--select needs --people; without it every face of a photo is embedded");
    }
    Path leftOver = npy == null ? null : EmbeddingArrays.leftOver(npy, people != null);
    if (leftOver != null) {
      throw Exit.wrongUsage(
          spec,
          "there is already "
              + leftOver
              + ", but without --people nobody is labeled; name another folder for --npy");
    }
    List<ImageSource> photos = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    if (people == null) {
      photos.addAll(PhotoFiles.sources(spec, paths));
    } else {
      PhotoFiles.people(spec, people)
          .forEach(
              (label, sources) ->
                  sources.forEach(
                      source -> {
                        photos.add(source);
                        labels.add(label);
                      }));
    }
    PrintWriter out = spec.commandLine().getOut();
    Select which = select == null ? Select.dominant : select;
    try (FacePipeline pipeline =
        Pipelines.builder(stages, stageOptions)
            .selection(which.selection())
            .withoutClassifier()
            .build()) {
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              photos,
              spec.commandLine().getErr(),
              people == null
                  ? (photo, result) -> everyFace(pipeline, photo, result)
                  : (photo, result) -> oneFace(pipeline, photo, result, labels.get(result.index)),
              result -> print(out, result));
      if (npy != null) {
        EmbeddingArrays.write(npy, results, pipeline.card().embeddingSize(), people != null);
        out.println("NumPy's arrays are in " + npy);
      }
      return Exit.code(PhotoOptions.allDone(results));
    }
  }

  private static void everyFace(FacePipeline pipeline, Image photo, PhotoResult result) {
    for (EmbeddedFace face : pipeline.embed(photo)) {
      result.faces.add(PhotoResult.FaceResult.of(face.face(), face.embedding()));
    }
  }

  private static void oneFace(
      FacePipeline pipeline, Image photo, PhotoResult result, String label) {
    FaceSelection.Selected selected = pipeline.embedOne(photo);
    PhotoResult.FaceResult face = PhotoResult.FaceResult.of(selected.face(), selected.embedding());
    face.identified = true;
    face.label = label;
    result.faces.add(face);
  }

  private static void print(PrintWriter out, PhotoResult result) {
    if (result.error == null) {
      out.println(result.image + ": " + Counted.of(result.faces.size(), "face") + " embedded");
      result.faces.forEach(
          f ->
              out.println(
                  "  "
                      + (f.label == null ? "" : f.label + " ")
                      + f.model
                      + " ["
                      + preview(f.embedding)
                      + " ...]"));
    }
  }

  private static String preview(float @Nullable [] vector) {
    return vector == null
        ? ""
        : String.format(Locale.ROOT, "%.3f %.3f %.3f", vector[0], vector[1], vector[2]);
  }
}
