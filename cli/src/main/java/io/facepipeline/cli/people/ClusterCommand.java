package io.facepipeline.cli.people;

import io.facepipeline.CropSpec;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.classify.cluster.FaceClustering;
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
import io.facepipeline.cli.stages.Thresholds;
import io.facepipeline.drawing.ContactSheet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sorts photos into people. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "Sorts photos by person; nobody has to be named.")
public final class ClusterCommand implements Callable<Integer> {
  private static final CropSpec THUMBNAIL = CropSpec.margin(96, 16);
  private static final String ALONE = "alone";
  private static final int SHEET_COLUMNS = 16;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The output folder, for a folder of photos per person and contact-sheet-1.png; must be"
              + " new or empty.")
  Path out;

  /** How faces are sorted. */
  enum Method {
    /** Average linkage. */
    average,
    /** Chinese whispers. */
    whispers,
    /** DBSCAN. */
    dbscan
  }

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "${COMPLETION-CANDIDATES} (default: average).")
  Method method = Method.average;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description =
          "Lowest cosine similarity of two faces or, for average, of two groups on average"
              + " (default: the model's card).")
  @Nullable Float threshold;

  @Option(
      names = "--min-faces",
      paramLabel = "N",
      description = "With dbscan: the smallest number of faces of a person (default: 2).")
  int minFaces = 2;

  /** What becomes of the photos. */
  enum Placing {
    /** They are copied. */
    copy,
    /** Symbolic links lead to them. */
    link,
    /** Nothing. */
    none
  }

  @Option(
      names = "--place",
      paramLabel = "HOW",
      description = "How photos get into the folders: ${COMPLETION-CANDIDATES} (default: copy).")
  Placing placing = Placing.copy;

  /** Which faces of a photo are sorted. */
  enum Which {
    /** Every face. */
    all,
    /** The largest. */
    largest,
    /** The large one near the center. */
    center
  }

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description = "Faces to use of each photo: ${COMPLETION-CANDIDATES} (default: all).")
  Which which = Which.all;

  @Option(
      names = "--truth",
      description = "The photos are in a folder per person: measure the agreement.")
  boolean truth;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required option
  public ClusterCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** A face, whose photo it is in, and how it looks. */
  private record Found(
      Path photo, PhotoResult.FaceResult result, Embedding embedding, Image thumbnail) {}

  @Override
  public Integer call() {
    requireEmpty();
    List<ImageSource> photos = arguments.sources(spec);
    Map<Integer, List<Found>> byPhoto = new ConcurrentHashMap<>();
    List<PhotoResult> results;
    FaceClustering clustering;
    try (FacePipeline pipeline = Pipelines.embedding(stages, stageOptions)) {
      clustering = clustering(pipeline);
      results =
          photoOptions.each(
              pipeline,
              photos,
              spec.commandLine().getErr(),
              (photo, result) -> byPhoto.put(result.index, find(pipeline, photo, result)),
              result -> {});
    }
    List<Found> found =
        results.stream()
            .flatMap(result -> byPhoto.getOrDefault(result.index, List.of()).stream())
            .toList();
    FaceClustering.Clusters clusters =
        clustering.cluster(found.stream().map(Found::embedding).toList());
    for (int i = 0; i < found.size(); i++) {
      PhotoResult.FaceResult face = found.get(i).result();
      face.identified = true;
      face.label =
          clusters.clusterOf(i) == FaceClustering.Clusters.ALONE
              ? null
              : name(clusters.clusterOf(i));
    }
    photoOptions.write(results);
    write(clusters, found);
    report(clusters, found, results);
    return Exit.code(PhotoOptions.allDone(results));
  }

  private void requireEmpty() {
    Reports.folder(out);
    try (var files = Files.list(out)) {
      if (files.findAny().isPresent()) {
        throw Exit.wrongUsage(
            spec, "--out must be a new or empty folder, but there are files in " + out);
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot read " + out + ": " + e, e);
    }
  }

  /** The usual thresholds are strict: a wrong link joins two whole people. */
  private FaceClustering clustering(FacePipeline pipeline) {
    Thresholds.require(pipeline.card(), threshold, stageOptions.embedder);
    float least = threshold != null ? threshold : pipeline.card().identificationThreshold();
    return switch (method) {
      case average -> FaceClustering.averageLinkage(least);
      case whispers -> FaceClustering.chineseWhispers(least, 1);
      case dbscan -> FaceClustering.dbscan(least, minFaces);
    };
  }

  private List<Found> find(FacePipeline pipeline, Image photo, PhotoResult result) {
    List<Face> faces = pipeline.detect(photo);
    if (which != Which.all) {
      FaceSelection selection =
          which == Which.largest ? FaceSelection.largest() : FaceSelection.centerWeighted();
      faces = selection.select(faces, photo.width(), photo.height()).stream().toList();
    }
    List<Found> found = new ArrayList<>();
    for (EmbeddedFace face : pipeline.embed(photo, faces)) {
      PhotoResult.FaceResult shown = new PhotoResult.FaceResult(face.face());
      result.faces.add(shown);
      Image thumbnail = pipeline.aligner().align(photo, face.face(), THUMBNAIL).toImage();
      found.add(new Found(Path.of(result.image), shown, face.embedding(), thumbnail));
    }
    return found;
  }

  private static String name(int cluster) {
    return String.format(Locale.ROOT, "person_%03d", cluster + 1);
  }

  private void write(FaceClustering.Clusters clusters, List<Found> found) {
    Map<String, List<Image>> rows = new LinkedHashMap<>();
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      place(name(cluster), clusters.members(cluster), found, rows);
    }
    if (!clusters.alone().isEmpty()) {
      place(ALONE, clusters.alone(), found, rows);
    }
    List<Image> sheets = ContactSheet.ofColumns(SHEET_COLUMNS).pages(rows);
    for (int i = 0; i < sheets.size(); i++) {
      sheets.get(i).writePng(out.resolve("contact-sheet-" + (i + 1) + ".png"));
    }
  }

  private void place(
      String name, List<Integer> members, List<Found> found, Map<String, List<Image>> rows) {
    rows.put(
        name + " (" + members.size() + ")",
        members.stream().map(i -> found.get(i).thumbnail()).toList());
    if (placing == Placing.none) {
      return;
    }
    Path folder = Reports.folder(out.resolve(name));
    Set<Path> photos = new LinkedHashSet<>();
    members.forEach(i -> photos.add(found.get(i).photo()));
    Set<String> taken = new HashSet<>();
    for (Path photo : photos) {
      Path target = folder.resolve(freeName(photo, taken));
      try {
        if (placing == Placing.link) {
          Files.createSymbolicLink(target, photo.toAbsolutePath());
        } else {
          Files.copy(photo, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      } catch (IOException | UnsupportedOperationException e) {
        throw new FacePipelineException(
            "cannot place " + photo + " at " + target + "; try --place none: " + e, e);
      }
    }
  }

  /** Photos of one name in several folders do not overwrite each other. */
  private static String freeName(Path photo, Set<String> taken) {
    String name = String.valueOf(photo.getFileName());
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = PhotoFiles.numbered(photo, i);
    }
    return name;
  }

  private void report(
      FaceClustering.Clusters clusters, List<Found> found, List<PhotoResult> results) {
    PrintWriter console = spec.commandLine().getOut();
    int persons = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int faces = clusters.members(cluster).size();
      persons += faces > 1 ? 1 : 0;
      console.println(name(cluster) + ": " + Counted.of(faces, "face"));
    }
    long failed = results.stream().filter(result -> result.error != null).count();
    int alone = clusters.count() - persons + clusters.alone().size();
    console.println(
        Counted.of(results.size() - failed, "photo")
            + (failed == 0 ? "" : " and " + failed + " that failed")
            + ", "
            + Counted.of(found.size(), "face")
            + ": "
            + (persons == 1 ? "1 person" : persons + " people")
            + ", "
            + Counted.of(alone, "face")
            + " alone");
    if (truth) {
      List<String> people =
          found.stream().map(f -> String.valueOf(f.photo().toAbsolutePath().getParent())).toList();
      console.println("pairs of faces: " + clusters.comparedWith(people));
    }
    console.println("written to " + out);
  }
}
