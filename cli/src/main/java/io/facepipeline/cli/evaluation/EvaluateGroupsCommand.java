package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.conditions.Condition;
import io.facepipeline.evaluation.groups.GroupReport;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Error rates by group. */
@Command(
    name = "groups",
    mixinStandardHelpOptions = true,
    description = {
      "How often people of a group are taken for one another.",
      "Each photo shows another person, and a table says to which groups it belongs, such as age"
          + " and origin. At the threshold that --far of all pairs of photos reach, each group has"
          + " its own false-accept rate. Also a worse view of each photo is made, and counted if it"
          + " is accepted as the photo's person."
    })
final class EvaluateGroupsCommand implements Callable<Integer> {
  private static final String FILE = "file";
  private static final int LEAST_FACE = 40;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin VerificationRun run = new VerificationRun();

  @Option(
      names = "--images",
      required = true,
      paramLabel = "DIR",
      description = "The folder that the table's files start from.")
  Path images;

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "CSV",
      description =
          "A table with the column file and one for each label; photos whose label is empty are in"
              + " none of its groups.")
  Path labels;

  @Option(
      names = "--far",
      paramLabel = "X",
      description = "The share of all pairs that the threshold accepts (default: 0.001).")
  double far = 1e-3;

  @Option(
      names = "--condition",
      paramLabel = "NAME",
      description = "What makes the view worse, see 'evaluate robustness' (default: blurred).")
  String condition = "blurred";

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateGroupsCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** For each photo, its groups by label. */
  private record Labels(List<String> names, Map<Path, Map<String, String>> photos) {}

  @Override
  public Integer call() {
    if (!(far > 0 && far <= 1)) {
      throw Exit.wrongUsage(spec, "--far must be above 0 and at most 1, got " + far);
    }
    Condition worse = ChangedPhotos.condition(spec, condition);
    Labels table = labels();
    stageOptions.mirror |= run.flip;
    try (EvaluationStages opened =
        EvaluationStages.open(stages, stageOptions, run.select, crop -> LEAST_FACE)) {
      Map<Path, EvaluatedPhoto> photos = options.embed(spec, opened, table.photos().keySet());
      Map<Path, Embedding> plain = ChangedPhotos.embeddings(photos);
      if (plain.size() < 2) {
        throw new FacePipelineException(
            "a face was found in "
                + Counted.of(plain.size(), "photo")
                + " of "
                + photos.size()
                + "; at least two are needed, to compare people");
      }
      Map<Path, Face> faces = new LinkedHashMap<>();
      photos.forEach((file, photo) -> photo.faces().forEach(face -> faces.put(file, face)));
      ChangedPhotos changed = new ChangedPhotos(spec, opened, options.progress);
      Map<Path, Embedding> views = changed.embed(worse, faces);
      Map<String, List<Embedding>> people = new TreeMap<>();
      plain.forEach((file, embedding) -> people.put(file.toString(), List.of(embedding)));
      OperatingPoint point = OperatingPoint.ofDifferentPeople(people, far, opened.threads());
      List<GroupReport> reports = new ArrayList<>();
      reports.add(GroupReport.of("all", "", views(plain, views), point.threshold()));
      for (String label : table.names()) {
        Map<String, Map<Path, Embedding>> groups = new TreeMap<>();
        table
            .photos()
            .forEach(
                (file, own) -> {
                  Embedding embedding = plain.get(file);
                  String group = own.getOrDefault(label, "");
                  if (embedding != null && !group.isBlank()) {
                    groups.computeIfAbsent(group, g -> new LinkedHashMap<>()).put(file, embedding);
                  }
                });
        groups.forEach(
            (group, own) ->
                reports.add(GroupReport.of(label, group, views(own, views), point.threshold())));
      }
      write(opened, worse, photos, point, reports);
      return Exit.code(changed.allDone() && EvaluationOptions.allDone(photos));
    }
  }

  private static List<GroupReport.Views> views(
      Map<Path, Embedding> photos, Map<Path, Embedding> worse) {
    return photos.entrySet().stream()
        .map(photo -> new GroupReport.Views(photo.getValue(), worse.get(photo.getKey())))
        .toList();
  }

  private Labels labels() {
    Map<Path, Map<String, String>> photos = new LinkedHashMap<>();
    Set<Object> seen = new HashSet<>();
    List<String> names;
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setTrim(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .get();
    try (CSVParser rows = CSVParser.parse(TextFile.read(labels), format)) {
      names = new ArrayList<>(rows.getHeaderNames());
      if (!names.contains(FILE) || names.size() < 2) {
        throw new FacePipelineException(
            labels + " has the columns " + names + "; it needs file and at least one label");
      }
      for (CSVRecord row : rows) {
        if (!row.isConsistent()) {
          throw new FacePipelineException(
              inRow(row)
                  + "has "
                  + row.size()
                  + " cells, not the "
                  + names.size()
                  + " of its columns");
        }
        if (row.get(FILE).isEmpty()) {
          throw new FacePipelineException(inRow(row) + "names no file");
        }
        Path photo = images.resolve(row.get(FILE));
        photos.put(photo, row.toMap());
        if (!seen.add(PhotoFiles.identity(photo))) {
          throw new FacePipelineException(
              inRow(row)
                  + "names "
                  + row.get(FILE)
                  + " again; each photo has one row, and shows a person of its own");
        }
      }
      names.remove(FILE);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new FacePipelineException(
          "cannot read the labels " + labels + ": " + e.getMessage(), e);
    }
    if (photos.size() < 2) {
      throw new FacePipelineException(
          labels
              + " lists "
              + Counted.of(photos.size(), "photo")
              + "; at least two are needed, to compare people");
    }
    EvaluationOptions.requireAny(photos.keySet(), labels, images);
    return new Labels(names, photos);
  }

  private String inRow(CSVRecord row) {
    return labels + ", row " + row.getRecordNumber() + " ";
  }

  private void write(
      EvaluationStages opened,
      Condition worse,
      Map<Path, EvaluatedPhoto> photos,
      OperatingPoint point,
      List<GroupReport> reports) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(opened.described());
    values.put("photos", photos.size());
    values.put("photosWithoutFace", photos.size() - reports.get(0).photos());
    values.put("far", far);
    values.put("threshold", point.threshold());
    values.put("condition", worse.label());
    values.put("groups", reports.stream().map(GroupReport::values).toList());
    Table table = GroupReport.table(reports);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "threshold %.5f, reached by %d of %d pairs of all photos%n",
            point.threshold(),
            point.falseAccepts(),
            point.impostorPairs());
    options.write(spec, table, values, table);
    if (options.plots != null) {
      Map<String, Double> rates = new LinkedHashMap<>();
      for (GroupReport report : reports) {
        rates.put((report.label() + " " + report.group()).strip(), report.falseAcceptRate());
      }
      Plots.shares(
          "false-accept rate within each group",
          Map.of(opened.card().id(), rates),
          Reports.folder(options.plots).resolve("groups.png"));
    }
  }
}
