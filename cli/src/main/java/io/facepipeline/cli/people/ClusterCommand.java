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
import io.facepipeline.classify.cluster.FaceAlbum;
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
import java.util.Arrays;
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
  private static final int SHEET_COLUMNS = 16;

  /** Two photos of one person are rarely so alike. */
  private static final float SAME_PICTURE = 0.9f;

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
    /** As an album: two faces of one photo are two people. */
    album,
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
      description = "${COMPLETION-CANDIDATES} (default: album).")
  Method method = Method.album;

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

  @Option(
      names = "--album",
      paramLabel = "FILE",
      description =
          "Keep people and corrections in this JSON file: in the next run with it, people keep"
              + " their numbers and names, and new photos join them.")
  @Nullable Path albumFile;

  @Option(
      names = "--merge",
      paramLabel = "A,B",
      description = "Two people of the --album are one, person A; may be repeated.")
  List<String> merges = List.of();

  @Option(
      names = "--split",
      paramLabel = "N:PHOTO",
      description = "The face in this photo is not person N of the --album; may be repeated.")
  List<String> splits = List.of();

  @Option(
      names = "--name",
      paramLabel = "N:NAME",
      description = "Name person N of the --album; may be repeated.")
  List<String> names = List.of();

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

  @Override
  public Integer call() {
    boolean asAlbum = method == Method.album;
    if (albumFile == null && !(merges.isEmpty() && splits.isEmpty() && names.isEmpty())) {
      throw Exit.wrongUsage(spec, "--merge, --split and --name correct an --album FILE; name it");
    }
    if (albumFile != null && !asAlbum) {
      throw Exit.wrongUsage(spec, "--album is for --method album, but the method is " + method);
    }
    FaceAlbum before = AlbumFile.corrected(spec, AlbumFile.read(albumFile), merges, splits, names);
    requireEmpty();
    List<ImageSource> photos = arguments.sources(spec);
    Map<Integer, List<FaceGroup.Found>> byPhoto = new ConcurrentHashMap<>();
    List<PhotoResult> results;
    float least;
    try (FacePipeline pipeline = Pipelines.embedding(stages, stageOptions)) {
      least = least(pipeline);
      results =
          photoOptions.each(
              pipeline,
              photos,
              spec.commandLine().getErr(),
              (photo, result) -> byPhoto.put(result.index, find(pipeline, photo, result)),
              result -> {});
    }
    List<FaceGroup.Found> found =
        results.stream()
            .flatMap(result -> byPhoto.getOrDefault(result.index, List.of()).stream())
            .toList();
    Map<FaceAlbum.Place, Embedding> faces = new LinkedHashMap<>();
    found.forEach(face -> faces.put(face.place(), face.embedding()));
    FaceAlbum album = asAlbum ? before.sorted(faces, least) : before;
    List<FaceGroup> groups =
        asAlbum ? FaceGroup.of(album, found) : FaceGroup.of(clustering(least), found);
    for (FaceGroup group : groups) {
      for (FaceGroup.Found face : group.faces()) {
        face.result().identified = true;
        face.result().label = group.name().equals(FaceGroup.ALONE) ? null : group.name();
      }
    }
    photoOptions.write(results);
    write(groups);
    if (albumFile != null) {
      AlbumFile.write(albumFile, album);
    }
    report(groups, found, results);
    if (asAlbum) {
      PrintWriter console = spec.commandLine().getOut();
      FaceAlbum.duplicates(faces, SAME_PICTURE)
          .forEach(copies -> console.println("the same picture: " + String.join(", ", copies)));
    }
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
  private float least(FacePipeline pipeline) {
    Thresholds.require(pipeline.card(), threshold, stageOptions.embedder);
    return threshold != null ? threshold : pipeline.card().identificationThreshold();
  }

  private FaceClustering clustering(float least) {
    return switch (method) {
      case whispers -> FaceClustering.chineseWhispers(least, 1);
      case dbscan -> FaceClustering.dbscan(least, minFaces);
      case album, average -> FaceClustering.averageLinkage(least);
    };
  }

  private List<FaceGroup.Found> find(FacePipeline pipeline, Image photo, PhotoResult result) {
    List<Face> faces = pipeline.detect(photo);
    if (which != Which.all) {
      FaceSelection selection =
          which == Which.largest ? FaceSelection.largest() : FaceSelection.centerWeighted();
      faces = selection.select(faces, photo.width(), photo.height()).stream().toList();
    }
    List<FaceGroup.Found> found = new ArrayList<>();
    for (EmbeddedFace face : pipeline.embed(photo, faces)) {
      PhotoResult.FaceResult shown = new PhotoResult.FaceResult(face.face());
      result.faces.add(shown);
      Image thumbnail = pipeline.aligner().align(photo, face.face(), THUMBNAIL).toImage();
      found.add(new FaceGroup.Found(Path.of(result.image), shown, face.embedding(), thumbnail));
    }
    return found;
  }

  private void write(List<FaceGroup> groups) {
    Map<String, List<Image>> rows = new LinkedHashMap<>();
    for (FaceGroup group : groups) {
      place(group, rows);
    }
    List<Image> sheets = ContactSheet.ofColumns(SHEET_COLUMNS).pages(rows);
    for (int i = 0; i < sheets.size(); i++) {
      sheets.get(i).writePng(out.resolve("contact-sheet-" + (i + 1) + ".png"));
    }
  }

  private void place(FaceGroup group, Map<String, List<Image>> rows) {
    rows.put(
        group.name() + " (" + group.faces().size() + ")",
        group.faces().stream().map(FaceGroup.Found::thumbnail).toList());
    if (placing == Placing.none) {
      return;
    }
    Path folder = Reports.folder(out.resolve(group.name()));
    Set<Path> photos = new LinkedHashSet<>();
    group.faces().forEach(face -> photos.add(face.photo()));
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
      List<FaceGroup> groups, List<FaceGroup.Found> found, List<PhotoResult> results) {
    PrintWriter console = spec.commandLine().getOut();
    int persons = 0;
    int alone = 0;
    for (FaceGroup group : groups) {
      int faces = group.faces().size();
      boolean nobody = group.name().equals(FaceGroup.ALONE);
      persons += !nobody && faces > 1 ? 1 : 0;
      alone += nobody ? faces : faces == 1 ? 1 : 0;
      if (!nobody) {
        console.println(group.name() + ": " + Counted.of(faces, "face"));
      }
    }
    long failed = results.stream().filter(result -> result.error != null).count();
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
      console.println("pairs of faces: " + clusters(groups, found).comparedWith(people));
    }
    console.println("written to " + out);
  }

  private static FaceClustering.Clusters clusters(
      List<FaceGroup> groups, List<FaceGroup.Found> found) {
    List<List<Integer>> members = new ArrayList<>();
    Integer[] clusterOf = new Integer[found.size()];
    Arrays.fill(clusterOf, FaceClustering.Clusters.ALONE);
    for (FaceGroup group : groups) {
      if (!group.name().equals(FaceGroup.ALONE)) {
        List<Integer> faces = group.faces().stream().map(found::indexOf).sorted().toList();
        faces.forEach(face -> clusterOf[face] = members.size());
        members.add(faces);
      }
    }
    return new FaceClustering.Clusters(List.of(clusterOf), members);
  }
}
