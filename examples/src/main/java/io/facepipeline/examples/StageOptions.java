package io.facepipeline.examples;

import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which every command chooses its models. */
final class StageOptions {
  static final String PUBLISHED_DETECTOR = "mtcnn";
  static final String CASCADE_DETECTOR = "haar";
  private static final int DEFAULT_MIN_FACE = 20;

  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--detector",
      paramLabel = "ID",
      description =
          "Detector: mtcnn, the published weights, mtcnn-default, those inside the program, or"
              + " haar, OpenCV's cascade (default: "
              + DefaultModels.DETECTOR
              + ").")
  String detector = DefaultModels.DETECTOR;

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      description =
          "Embedder: a catalogue id, a checkpoint, an ONNX file, or "
              + DefaultModels.EMBEDDER
              + ", the one inside the program (default).")
  String embedder = DefaultModels.EMBEDDER;

  @Option(names = "--mirror", description = "Embed each face mirrored too, and add the two.")
  boolean mirror;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "What runs the models: cpu, cuda, ... (default: cpu).")
  String provider = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads (default: one per processor).")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--min-face",
      paramLabel = "PX",
      description = "Side of the smallest face in pixels (default: 20).")
  @Nullable Integer minFace;

  @Option(
      names = "--factor",
      paramLabel = "F",
      description = "Ratio of the detector's pyramid levels (default: 0.709).")
  double factor = 0.709;

  @Option(
      names = "--thresholds",
      paramLabel = "P,R,O",
      split = ",",
      description = "The detector's three thresholds (default: 0.6,0.7,0.7).")
  List<Float> thresholds = List.of(0.6f, 0.7f, 0.7f);

  /** The least face the detector looks for; a protocol may have its own where none was given. */
  int minFace() {
    return minFace == null ? DEFAULT_MIN_FACE : minFace;
  }

  /** The same options with another embedder. */
  StageOptions copy(String newEmbedder, boolean newMirror) {
    StageOptions copy = new StageOptions();
    copy.store = store;
    copy.detector = detector;
    copy.embedder = newEmbedder;
    copy.mirror = newMirror;
    copy.provider = provider;
    copy.threads = threads;
    copy.minFace = minFace;
    copy.factor = factor;
    copy.thresholds = thresholds;
    return copy;
  }

  ModelStore store() {
    return store.store(new DownloadProgress(false)).build();
  }
}
