package io.facepipeline.cli.photos;

import io.facepipeline.CropRule;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Cuts the faces out of photos. */
@Command(
    name = "align",
    mixinStandardHelpOptions = true,
    description = "Cuts the faces out of photos, upright, as PNG.")
public final class AlignCommand implements Callable<Integer> {
  /** How faces are cut. */
  enum Rule {
    /** To the ArcFace template by a similarity. */
    similarity,
    /** To the ArcFace template by an affine map of eyes and nose. */
    affine3,
    /** To the ArcFace template by a least-squares affine map. */
    affine5,
    /** LightCNN's: eyes level in row 40 of 128. */
    lightcnn,
    /** facenet-pytorch's: the box with a margin. */
    margin
  }

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The output folder, with the photos' folders: PHOTO_FACE.png.")
  Path out;

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "The alignment: ${COMPLETION-CANDIDATES} (default: similarity).")
  Rule rule = Rule.similarity;

  @Option(
      names = "--size",
      paramLabel = "PX",
      description = "Side of a crop (default: 112; 160 for margin; lightcnn is always 128).")
  @Nullable Integer size;

  @Option(
      names = "--margin",
      paramLabel = "PX",
      description = "Margin in pixels of the crop, for --rule margin (default: 14).")
  int margin = 14;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required option
  public AlignCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    CropSpec crop = crop();
    Reports.folder(out);
    PrintWriter console = spec.commandLine().getOut();
    List<ImageSource> photos = arguments.sources(spec);
    List<Supplier<Path>> places = places(photos);
    try (FacePipeline pipeline = Pipelines.detecting(stages, stageOptions)) {
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              photos,
              spec.commandLine().getErr(),
              (photo, result) ->
                  align(pipeline, photo, crop, result, places.get(result.index).get()),
              result -> {
                if (result.error == null) {
                  console.println(
                      result.image + ": " + Counted.of(result.faces.size(), "face") + " cut");
                }
              });
      return Exit.code(PhotoOptions.allDone(results));
    }
  }

  private void align(
      FacePipeline pipeline, Image photo, CropSpec crop, PhotoResult result, Path place) {
    List<Face> faces = pipeline.detect(photo);
    Path folder = place.getParent();
    if (folder != null && !faces.isEmpty()) {
      Reports.folder(folder);
    }
    for (int i = 0; i < faces.size(); i++) {
      result.faces.add(new PhotoResult.FaceResult(faces.get(i)));
      pipeline
          .aligner()
          .align(photo, faces.get(i), crop)
          .toImage()
          .writePng(place.resolveSibling(place.getFileName() + "_" + i + ".png"));
    }
  }

  /** Where each photo's crops go, but for the number of the face; or why that cannot be told. */
  private List<Supplier<Path>> places(List<ImageSource> photos) {
    Path common = PhotoFiles.commonFolder(arguments.paths());
    Set<Path> taken = new HashSet<>();
    List<Supplier<Path>> places = new ArrayList<>();
    for (ImageSource photo : photos) {
      try {
        Path place = place(common, photo.name(), taken);
        places.add(() -> place);
      } catch (FacePipelineException e) {
        places.add(
            () -> {
              throw e;
            });
      }
    }
    return places;
  }

  private Path place(Path common, String photo, Set<Path> taken) {
    Path inside;
    try {
      inside = common.relativize(Path.of(photo).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new FacePipelineException(
          photo
              + ": its name cannot be written in this process's locale; set LC_ALL=C.UTF-8 or"
              + " another UTF-8 locale",
          e);
    }
    Path folder = inside.getParent() == null ? out : out.resolve(inside.getParent());
    String name = String.valueOf(inside.getFileName()).replaceAll("\\.\\w+$", "");
    String free = name;
    // Some disks do not tell "A" from "a".
    for (int i = 2; !taken.add(folder.resolve(free.toLowerCase(Locale.ROOT))); i++) {
      free = name + "-" + i;
    }
    return folder.resolve(free);
  }

  private CropSpec crop() {
    return switch (rule) {
      case similarity -> CropSpec.arcFace(side(112), CropRule.Fit.SIMILARITY);
      case affine3 -> CropSpec.arcFace(side(112), CropRule.Fit.AFFINE_3_POINT);
      case affine5 -> CropSpec.arcFace(side(112), CropRule.Fit.AFFINE_LEAST_SQUARES);
      case lightcnn -> CropSpec.lightCnn();
      case margin -> CropSpec.margin(side(160), margin);
    };
  }

  private int side(int usual) {
    return size == null ? usual : size;
  }
}
