package io.facepipeline.cli.photos;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Cuts the faces out of photos. */
@Command(
    name = "align",
    mixinStandardHelpOptions = true,
    description = {
      "Cuts the faces out of photos, upright, as PNG.",
      "With --embedder, as that model wants them."
    })
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
      description = {
        "The output folder, with the photos' folders: PHOTO_FACE.png, or PHOTO.png with --select.",
        "A second run cuts only what is missing."
      })
  Path out;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description = "Cut one face of each photo: ${COMPLETION-CANDIDATES} (default: all faces).")
  @Nullable Select select;

  @Option(
      names = "--min-side",
      paramLabel = "PX",
      description = "Leave out faces whose box has a shorter side (default: 0).")
  int minSide;

  @Option(
      names = "--left-out",
      paramLabel = "OUT",
      description = "Write the photos with faces that were not cut, and why, as CSV.")
  @Nullable Path leftOut;

  @Option(names = "--again", description = "Cut all photos, also those that were cut before.")
  boolean again;

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
    checkRules();
    PhotoPlaces.checkApart(spec, out, arguments.paths());
    PrintWriter console = spec.commandLine().getOut();
    List<ImageSource> photos = arguments.sources(spec);
    List<Supplier<Path>> places = PhotoPlaces.of(photos, arguments.paths(), out);
    CropSpec crop = crop();
    Reports.folder(out);
    try (AlignRecord record = AlignRecord.open(out, settings(crop), again, photos);
        FacePipeline pipeline = Pipelines.detecting(stages, stageOptions)) {
      AlignedPhoto[] cut = new AlignedPhoto[photos.size()];
      List<Integer> missing = new ArrayList<>();
      for (int i = 0; i < cut.length; i++) {
        Optional<AlignedPhoto> before = record.done(photos.get(i));
        if (before.isPresent()) {
          cut[i] = before.get();
        } else {
          missing.add(i);
        }
      }
      FaceCutter cutter = new FaceCutter(pipeline, crop, out, select, minSide);
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              missing.stream().map(photos::get).toList(),
              spec.commandLine().getErr(),
              (photo, result) -> {
                int number = missing.get(result.index);
                cut[number] =
                    cutter.cut(photo, photos.get(number), result, places.get(number).get());
              },
              result -> {
                int number = missing.get(result.index);
                if (result.error == null) {
                  record.add(cut[number]);
                  console.println(
                      result.image
                          + ": "
                          + Counted.of(cut[number].crops().size(), "face")
                          + " cut");
                } else {
                  cut[number] = FaceCutter.failed(photos.get(number), result.error);
                }
              });
      record.deleteOutdated();
      tell(console, photos, cut, photos.size() - missing.size());
      return Exit.code(PhotoOptions.allDone(results));
    } catch (IOException e) {
      throw new FacePipelineException("cannot keep the record of " + out + ": " + e, e);
    }
  }

  private void tell(PrintWriter console, List<ImageSource> photos, AlignedPhoto[] cut, int before) {
    LeftOutTable table = new LeftOutTable();
    for (int i = 0; i < cut.length; i++) {
      table.add(photos.get(i).name(), cut[i]);
    }
    table.print(console, before);
    if (leftOut != null) {
      Reports.write(leftOut, table.table().toCsv());
    }
  }

  private void checkRules() {
    if (minSide < 0) {
      throw Exit.wrongUsage(spec, "--min-side is at least 0, got " + minSide);
    }
    ParseResult given = spec.commandLine().getParseResult();
    for (String option : List.of("--rule", "--size", "--margin")) {
      if (isForEmbedder() && given.hasMatchedOption(option)) {
        throw Exit.wrongUsage(
            spec, option + " and --embedder both say how faces are cut; give one of them");
      }
    }
    if (given.hasMatchedOption("--margin") && rule != Rule.margin) {
      throw Exit.wrongUsage(spec, "--margin is for --rule margin, but the rule is " + rule);
    }
    if (size != null && rule == Rule.lightcnn && size != CropSpec.lightCnn().width()) {
      throw Exit.wrongUsage(
          spec, "--rule lightcnn cuts to " + CropSpec.lightCnn().width() + " pixels, got " + size);
    }
  }

  private boolean isForEmbedder() {
    return spec.commandLine().getParseResult().hasMatchedOption("--embedder");
  }

  /** All that a crop depends on but its photo. */
  private String settings(CropSpec crop) {
    return crop
        + ", "
        + (select == null ? "all faces" : "one face: " + select)
        + (minSide > 0 ? " of at least " + minSide + " pixels" : "")
        + ", "
        + stageOptions.detectorSettings();
  }

  private CropSpec crop() {
    if (isForEmbedder()) {
      try (FaceEmbedder embedder = stages.embedder(stageOptions)) {
        return embedder.crop();
      }
    }
    return switch (rule) {
      case similarity -> CropSpec.arcFace(side(112), CropSpec.Rule.Fit.SIMILARITY);
      case affine3 -> CropSpec.arcFace(side(112), CropSpec.Rule.Fit.AFFINE_3_POINT);
      case affine5 -> CropSpec.arcFace(side(112), CropSpec.Rule.Fit.AFFINE_LEAST_SQUARES);
      case lightcnn -> CropSpec.lightCnn();
      case margin -> CropSpec.margin(side(160), margin);
    };
  }

  private int side(int usual) {
    return size == null ? usual : size;
  }
}
