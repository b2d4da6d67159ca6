package io.facepipeline.cli.photos;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.internal.PlainWords;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.ModelNotFoundException;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sets detectors side by side on somebody's own photos. */
@Command(
    name = "detectors",
    mixinStandardHelpOptions = true,
    description = {
      "Compares detectors on photos: faces, times, pictures.",
      "Times detection alone, each detector in turn on each photo."
    })
public final class DetectorsCommand implements Callable<Integer> {
  private static final int GAP = 8;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();

  @Option(
      names = "--compare",
      split = ",",
      paramLabel = "ID",
      description =
          "The detectors (default: mtcnn-default, haar, and those of the catalog whose weights are"
              + " found).")
  List<String> compared = new ArrayList<>();

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description =
          "Runs of each detector on each photo after as many warm-ups; the median counts (default:"
              + " 3).")
  int repeat = 3;

  @Option(
      names = "--annotate",
      paramLabel = "DIR",
      description = "Write each photo once per detector, side by side, as PNG.")
  @Nullable Path annotate;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the results as JSON.")
  @Nullable Path json;

  @Mixin ProgressOption progress = new ProgressOption();

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public DetectorsCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** What a detector did on all photos. */
  private static final class Tally {
    private final List<Double> millis = new ArrayList<>();
    private int faces;
  }

  @Override
  public Integer call() {
    if (repeat < 1) {
      throw Exit.wrongUsage(spec, "--repeat must be at least 1, got " + repeat);
    }
    Map<String, FacePipeline> detectors = new LinkedHashMap<>();
    try {
      open(detectors);
      return compare(detectors);
    } finally {
      detectors.values().forEach(FacePipeline::close);
    }
  }

  private void open(Map<String, FacePipeline> detectors) {
    if (!compared.isEmpty()) {
      compared.forEach(id -> detectors.put(id, Pipelines.detecting(stages, with(id))));
      return;
    }
    for (String id :
        List.of(
            DefaultModels.MTCNN, StageOptions.CASCADE_DETECTOR, StageOptions.PUBLISHED_DETECTOR)) {
      try {
        detectors.put(id, Pipelines.detecting(stages, with(id)));
      } catch (ModelNotFoundException e) {
        spec.commandLine()
            .getErr()
            .println("facepipeline: without " + id + ": " + PlainWords.of(e));
      }
    }
    for (String id : stages.oneStageDetectorsAtHand(stageOptions)) {
      detectors.put(id, Pipelines.detecting(stages, with(id)));
    }
  }

  private StageOptions with(String detector) {
    StageOptions options = stageOptions.copy(stageOptions.embedder, stageOptions.mirror);
    options.detector = detector;
    options.forSeveral = true;
    // What is not wanted is not fetched.
    options.store.offline |= compared.isEmpty();
    return options;
  }

  private int compare(Map<String, FacePipeline> detectors) {
    List<ImageSource> photos = arguments.sources(spec);
    Map<String, Tally> tallies = new LinkedHashMap<>();
    detectors.keySet().forEach(id -> tallies.put(id, new Tally()));
    Path pictures = annotate == null ? null : Reports.folder(annotate);
    Set<String> taken = new HashSet<>();
    JsonArray results = new JsonArray();
    boolean all = true;
    int written = 0;
    PrintWriter out = spec.commandLine().getOut();
    try (TerminalBar bar = progress.start(photos.size())) {
      for (ImageSource source : photos) {
        JsonObject result = new JsonObject();
        result.addProperty("image", source.name());
        JsonElement error = JsonNull.INSTANCE;
        try {
          Image photo = source.load();
          Map<String, PhotoResult> found = new LinkedHashMap<>();
          detectors.forEach(
              (id, detector) -> found.put(id, detect(source, photo, detector, tallies.get(id))));
          found.forEach((id, one) -> result.add(id, Reports.tree(summary(one))));
          if (pictures != null) {
            Path file = pictures.resolve(PhotoOptions.pictureName(source.name(), taken));
            Image.of(sideBySide(photo, found)).writePng(file);
            written++;
          }
        } catch (RuntimeException e) {
          all = false;
          String problem = PhotoOptions.problem(source.name(), e);
          error = Reports.tree(problem);
          spec.commandLine().getErr().println("facepipeline: " + problem);
        }
        result.add("error", error);
        results.add(result);
        bar.progress(results.size(), photos.size(), source.name());
      }
    }
    out.print(table(tallies).toText());
    if (written > 0) {
      out.println(Counted.of(written, "picture") + " in " + pictures);
    }
    if (json != null) {
      Reports.writeJson(json, results);
    }
    return Exit.code(all);
  }

  private PhotoResult detect(
      ImageSource source, Image photo, FacePipeline detector, @Nullable Tally tally) {
    double[] millis = new double[repeat];
    List<Face> faces = List.of();
    for (int i = 0; i < repeat && repeat > 1; i++) {
      detector.detect(photo); // warms up
    }
    for (int i = 0; i < repeat; i++) {
      long start = System.nanoTime();
      faces = detector.detect(photo);
      millis[i] = (System.nanoTime() - start) / PhotoOptions.NANOS_PER_MILLI;
    }
    Arrays.sort(millis);
    PhotoResult result = new PhotoResult(0, source.name());
    result.millis = millis[repeat / 2];
    faces.forEach(face -> result.faces.add(new PhotoResult.FaceResult(face)));
    if (tally != null) {
      tally.faces += faces.size();
      tally.millis.add(millis[repeat / 2]);
    }
    return result;
  }

  private static Map<String, Object> summary(PhotoResult result) {
    return Map.of(
        "millis",
        result.millis == null ? Double.NaN : result.millis,
        "faces",
        result.faces.stream()
            .map(face -> Map.of("box", Reports.box(face.face.box()), "score", face.face.score()))
            .toList());
  }

  private static Table table(Map<String, Tally> tallies) {
    List<List<String>> rows = new ArrayList<>();
    tallies.forEach(
        (id, tally) -> {
          List<Double> sorted = tally.millis.stream().sorted().toList();
          String median =
              sorted.isEmpty()
                  ? ""
                  : String.format(Locale.ROOT, "%.1f", sorted.get(sorted.size() / 2));
          rows.add(List.of(id, String.valueOf(sorted.size()), String.valueOf(tally.faces), median));
        });
    return new Table(List.of("detector", "photos", "faces", "median ms a photo"), rows);
  }

  private static BufferedImage sideBySide(Image photo, Map<String, PhotoResult> found) {
    int count = found.size();
    BufferedImage picture =
        new BufferedImage(
            count * photo.width() + (count - 1) * GAP, photo.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    try {
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
      int x = 0;
      for (Map.Entry<String, PhotoResult> one : found.entrySet()) {
        g.drawImage(one.getValue().drawnInto(photo).toBufferedImage(), x, 0, null);
        title(g, one.getKey() + ": " + one.getValue().faces.size(), x, photo.height());
        x += photo.width() + GAP;
      }
    } finally {
      g.dispose();
    }
    return picture;
  }

  /** Writes a title into the lower left corner of a picture that begins at a column. */
  private static void title(Graphics2D g, String text, int x, int height) {
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(12, height / 30)));
    FontMetrics metrics = g.getFontMetrics();
    g.setColor(new Color(0, 0, 0, 170));
    g.fillRect(
        x, height - metrics.getHeight(), metrics.stringWidth(text) + 12, metrics.getHeight());
    g.setColor(Color.WHITE);
    g.drawString(text, x + 6, height - metrics.getDescent());
  }
}
