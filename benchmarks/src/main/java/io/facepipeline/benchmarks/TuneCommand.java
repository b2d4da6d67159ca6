package io.facepipeline.benchmarks;

import com.google.gson.GsonBuilder;
import io.facepipeline.AlignedFace;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.cascade.CascadeStages;
import io.facepipeline.embedding.internal.CpuForm;
import io.facepipeline.embedding.internal.CropPlanes;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.embedding.internal.SampleFaces;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardMetadata;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what the library chooses on this machine beside what it could have chosen. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Times each choice that was made by measurement beside its alternatives, on this machine:",
      "threads, spinning, rewrites and precision of embedders, and the sizes of MTCNN's tasks.",
      "A ratio below 1 says that another setting than the chosen one is faster here."
    })
final class TuneCommand implements Callable<Integer> {
  @Option(
      names = "--network",
      split = ",",
      description = "Embedders, with random weights, as ArchitectureBenchmark names them.")
  private List<String> networks =
      List.of("MOBILEFACENET", "FACENET_VGGFACE2", "IR_50", "LIGHTCNN_29V2");

  @Option(names = "--photo", description = "What MTCNN looks at: a size, or a file.")
  private String photo = "1280x720";

  @Option(names = "--crops", description = "Crops in a batch.")
  private int crops = 1;

  @Option(names = "--rounds", description = "Rounds in which every setting runs once.")
  private int rounds = 41;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures here.")
  private @Nullable Path json;

  private final List<Contest.Result> results = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (rounds < 1 || crops < 1) {
      System.err.println("--rounds and --crops must be at least 1, got " + rounds + ", " + crops);
      return 2;
    }
    Machine machine = Machine.here();
    System.out.println(machine);
    System.out.printf(
        Locale.ROOT, "%-28s %-34s %10s %8s%n", "choice", "setting", "median ms", "ratio");
    for (String network : networks) {
      embedder(network);
    }
    try {
      cascade();
    } catch (ModelNotFoundException e) {
      System.err.println("MTCNN's tasks are left out: " + e.getMessage());
    }
    if (json != null) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("machine", machine);
      all.put("rounds", rounds);
      all.put("results", results);
      Files.writeString(json, new GsonBuilder().setPrettyPrinting().create().toJson(all));
    }
    return 0;
  }

  private void embedder(String network) throws IOException {
    Path file = RandomModels.file(network, /* forCpu= */ false);
    Graph plain;
    try {
      plain = OnnxFile.read(Files.readAllBytes(file));
    } finally {
      Files.delete(file);
    }
    Graph fast = CpuForm.of(plain);
    List<AlignedFace> faces = SampleFaces.cut(CardMetadata.read(plain.metadata()).crop());
    Graph bytes = Int8Form.of(plain, faces.subList(0, 4), network);
    int all = OnnxOptions.defaults().intraOpThreads();
    int chosen = CpuForm.threads(fast.metadata(), all);
    OnnxOptions usual = OnnxOptions.defaults().withIntraOpThreads(chosen);
    String choice = network.toLowerCase(Locale.ROOT).replace('_', '-');
    try (Contest contest = new Contest(choice)) {
      String threads = chosen == 1 ? "1 thread" : chosen + " threads";
      add(contest, "rewritten, " + threads, true, fast, usual);
      add(contest, "plain, " + threads, false, plain, usual);
      int other = chosen == 1 ? all : 1;
      if (other != chosen) {
        add(
            contest,
            "rewritten, " + other + (other == 1 ? " thread" : " threads"),
            false,
            fast,
            usual.withIntraOpThreads(other));
      }
      if (all > 1) {
        OnnxOptions spinning = usual.withIntraOpThreads(all).withSpinning(true);
        add(contest, "rewritten, " + all + " threads that spin", false, fast, spinning);
        add(contest, "plain, " + all + " threads that spin", false, plain, spinning);
      }
      add(contest, "int8, " + threads, false, bytes, usual);
      if (other != chosen) {
        add(
            contest,
            "int8, " + other + (other == 1 ? " thread" : " threads"),
            false,
            bytes,
            usual.withIntraOpThreads(other));
      }
      show(contest);
    }
  }

  private void add(
      Contest contest, String setting, boolean chosen, Graph graph, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(OnnxFile.write(graph), options);
    long[] shape = model.inputShape();
    shape[0] = crops;
    int size = (int) (shape[1] * shape[2] * shape[3]);
    FloatBuffer input = CropPlanes.allocate(crops * size);
    for (int i = 0; i < crops * size; i++) {
      input.put(i, i * 37 % 256);
    }
    contest.add(
        setting, chosen, () -> model.run(input, shape, EmbeddingGraphs.EMBEDDING), model::close);
  }

  private void cascade() {
    Image image = Photos.ofSize(photo);
    int cores = Runtime.getRuntime().availableProcessors();
    try (Contest contest = new Contest("P-Net's strips")) {
      for (int rows : List.of(64, 16, 32, 128, 100_000)) {
        CascadeStages stages = new CascadeStages(20, cores, image, rows, 32, 8);
        String setting = rows == 100_000 ? "whole levels" : rows + " rows";
        contest.add(setting, rows == 64, stages::propose, stages::close);
      }
      show(contest);
    }
    try (Contest contest = new Contest("R-Net's, O-Net's chunks")) {
      for (List<Integer> chunks :
          List.of(List.of(32, 8), List.of(16, 4), List.of(64, 16), List.of(128, 32))) {
        int rnet = chunks.get(0);
        int onet = chunks.get(1);
        CascadeStages stages = new CascadeStages(20, cores, image, 64, rnet, onet);
        contest.add(rnet + ", " + onet + " candidates", rnet == 32, stages::look, stages::close);
      }
      show(contest);
    }
    try (Contest contest = new Contest("MTCNN's workers")) {
      for (int workers = 1; workers <= 2 * cores; workers *= 2) {
        CascadeStages stages = new CascadeStages(20, workers, image);
        String setting = workers + (workers == 1 ? " worker" : " workers");
        contest.add(
            setting,
            workers == Integer.highestOneBit(cores),
            () -> {
              stages.propose();
              stages.look();
            },
            stages::close);
      }
      show(contest);
    }
  }

  private void show(Contest contest) {
    List<Contest.Result> found = contest.run(rounds);
    results.addAll(found);
    for (Contest.Result result : found) {
      System.out.printf(
          Locale.ROOT,
          "%-28s %-34s %10.2f %8.2f%n",
          result.choice(),
          result.setting() + (result.chosen() ? " (chosen)" : ""),
          result.millis(),
          result.ratio());
    }
  }
}
