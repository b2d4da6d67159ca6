package io.facepipeline.cli.stages;

import io.facepipeline.cli.output.Exit;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.models.internal.NamedStages;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options by which every command chooses its models. */
public final class StageOptions {
  public static final String PUBLISHED_DETECTOR = NamedStages.PUBLISHED_DETECTOR;
  public static final String CASCADE_DETECTOR = "haar";

  /** A photo's own size, for {@code --input-size}. */
  static final String FULL_SIZE = "full";

  private static final int DEFAULT_MIN_FACE = 20;
  private static final double DEFAULT_FACTOR = 0.709;
  private static final List<Float> DEFAULT_THRESHOLDS = List.of(0.6f, 0.7f, 0.7f);

  /** How the fingerprint of embeddings that were made mirrored too ends. */
  private static final String MIRRORED = "+mirrored";

  @Mixin public StoreOptions store = new StoreOptions();

  @Option(
      names = "--detector",
      paramLabel = "DETECTOR",
      description =
          "scan-default (inside the program; default), mtcnn-default (inside too), mtcnn (the"
              + " published weights), haar (OpenCV's), yunet or another detector of the"
              + " catalog, an ONNX file of a one-stage detector, or a file or folder of MTCNN's"
              + " weights.")
  public String detector = DefaultModels.DETECTOR;

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      description =
          "A catalog id, a checkpoint or an ONNX file (default: "
              + DefaultModels.EMBEDDER
              + ", inside the program).")
  public String embedder = DefaultModels.EMBEDDER;

  @Option(names = "--mirror", description = "Also embed each face mirrored, and add both.")
  public boolean mirror;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "Numbers that the embedder computes with: float32 or int8, which is faster where the"
              + " processor can (default: float32).")
  public Precision precision = Precision.FLOAT32;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "Execution provider: cpu, cuda, ... (default: cpu).")
  public String provider = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads (default: one per processor).")
  public int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--min-face",
      paramLabel = "PX",
      description = "Side of the smallest face in pixels (default: 20).")
  public @Nullable Integer minFace;

  @Option(
      names = "--factor",
      paramLabel = "F",
      description = "MTCNN: ratio of the pyramid's levels (default: 0.709).")
  public double factor = DEFAULT_FACTOR;

  @Option(
      names = "--thresholds",
      paramLabel = "P,R,O",
      split = ",",
      hideParamSyntax = true,
      description = "MTCNN: the three thresholds (default: 0.6,0.7,0.7).")
  public List<Float> thresholds = DEFAULT_THRESHOLDS;

  @Option(
      names = "--score-threshold",
      paramLabel = "S",
      description = "One-stage detectors: the least score (default: as the model's authors do).")
  public @Nullable Float scoreThreshold;

  @Option(
      names = "--input-size",
      paramLabel = "PX",
      description =
          "One-stage detectors: shrink or enlarge each photo to this longer side; \"full\" keeps"
              + " its size, in parts if it is large (default: as the model's authors do).")
  public @Nullable String inputSize;

  /** What is refused; of the commands that have its options. */
  public LiveOptions live = new LiveOptions();

  @Option(
      names = "--any-turn",
      description =
          "Also find the faces of photos on their side or upside down; photos without a sure face"
              + " take four times as long.")
  public boolean anyTurn;

  /** Whether there are several detectors, each of which takes the options that concern it. */
  public boolean forSeveral;

  /** Whether something was set that only MTCNN has. */
  boolean concernMtcnn() {
    return !forSeveral && (factor != DEFAULT_FACTOR || !thresholds.equals(DEFAULT_THRESHOLDS));
  }

  /** Whether something was set that only one-stage detectors have. */
  boolean concernOneStage() {
    return !forSeveral && (inputSize != null || scoreThreshold != null);
  }

  /** The least face the detector looks for; a protocol may have its own where none was given. */
  public int minFace() {
    return minFace == null ? DEFAULT_MIN_FACE : minFace;
  }

  /** All that the faces found depend on but the photos. */
  public String detectorSettings() {
    return detector
        + " minimum face "
        + minFace()
        + ", factor "
        + factor
        + ", thresholds "
        + thresholds
        + (scoreThreshold == null ? "" : ", score " + scoreThreshold)
        + (inputSize == null ? "" : ", input size " + inputSize)
        + (anyTurn ? ", any turn" : "")
        + ", "
        + provider;
  }

  /**
   * Takes the embedder whose embeddings something was made of, unless the user chose one.
   *
   * @param made what it was made for, which is named where its embedder cannot be found by id
   */
  public void follow(CommandSpec spec, StageFactory stages, String fingerprint, String made) {
    // Mirroring is part of a fingerprint; nobody need remember it.
    mirror |= fingerprint.endsWith(MIRRORED);
    // The options of "gallery add" are those of "add", not of "gallery", whose fields it shares.
    if (spec.commandLine().getParseResult().asCommandLineList().stream()
        .anyMatch(called -> called.getParseResult().hasMatchedOption("--embedder"))) {
      return;
    }
    String id = fingerprint.split("[@:]", -1)[0];
    String floats = id.replaceFirst("-int8$", "");
    if (!floats.equals(id) && !stages.knowsEmbedder(id) && stages.knowsEmbedder(floats)) {
      // So is the precision.
      precision = Precision.INT8;
      id = floats;
    }
    if (!stages.knowsEmbedder(id)) {
      throw Exit.wrongUsage(
          spec,
          made
              + " was made with the embedder "
              + fingerprint
              + ", which is not in the catalog; name its file with --embedder");
    }
    embedder = id;
  }

  /** Takes the embedder of a gallery that may be there, unless the user chose one. */
  public void followGallery(CommandSpec spec, StageFactory stages, @Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Gallery kept = Gallery.in(folder).readOnly().open()) {
      follow(spec, stages, kept.fingerprint(), folder.toString());
    } catch (GalleryException e) {
      if (e.reason() != GalleryException.Reason.NOT_FOUND) {
        throw e;
      }
      // A new one is made with the embedder of the options.
    }
  }

  /** The same options with another embedder. */
  public StageOptions copy(String newEmbedder, boolean newMirror) {
    StageOptions copy = new StageOptions();
    copy.store = store;
    copy.detector = detector;
    copy.embedder = newEmbedder;
    copy.mirror = newMirror;
    copy.precision = precision;
    copy.provider = provider;
    copy.threads = threads;
    copy.minFace = minFace;
    copy.factor = factor;
    copy.thresholds = thresholds;
    copy.scoreThreshold = scoreThreshold;
    copy.inputSize = inputSize;
    copy.anyTurn = anyTurn;
    copy.forSeveral = forSeveral;
    copy.live = live;
    return copy;
  }

  public ModelStore store() {
    return store.store(new DownloadProgress(false)).build();
  }
}
