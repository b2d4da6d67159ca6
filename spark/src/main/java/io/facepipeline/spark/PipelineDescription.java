package io.facepipeline.spark;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.ModelCard;
import io.facepipeline.ReadOptions;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.models.internal.NamedStages;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreBuilder;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an executor makes its pipeline: which models, with which settings. Each executor JVM opens
 * one pipeline for a description, which all its tasks share, and closes it when it ends.
 *
 * <p>Models are named by their id in the catalog or by a file. An executor looks for a file (or a
 * folder of models) first among what was shipped with the job ({@code --files}, {@code
 * --archives}), then at its path on the executor's machine. Models of the catalog come from the
 * {@linkplain #withModels folder of models} or the executor's cache, or are downloaded. The default
 * models are inside the artifact.
 *
 * <p>Immutable, thread-safe and serializable between equal versions of this library.
 */
public final class PipelineDescription implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private static final PipelineDescription DEFAULTS = new PipelineDescription();

  private String detector = DefaultModels.DETECTOR;
  private String embedder = DefaultModels.EMBEDDER;
  private int minFaceSize = 20;
  private boolean mirrored;
  private @Nullable Integer threads;
  private @Nullable String models;
  private boolean offline;
  private List<String> acceptedLicenses = List.of();
  private long maxPixels = ReadOptions.defaults().maxPixels();
  private long maxEncodedBytes = ReadOptions.defaults().maxEncodedBytes();
  private long maxExpansion = ReadOptions.defaults().maxExpansion();
  private boolean lenient = ReadOptions.defaults().lenient();

  private PipelineDescription() {}

  private PipelineDescription(PipelineDescription other) {
    detector = other.detector;
    embedder = other.embedder;
    minFaceSize = other.minFaceSize;
    mirrored = other.mirrored;
    threads = other.threads;
    models = other.models;
    offline = other.offline;
    acceptedLicenses = other.acceptedLicenses;
    maxPixels = other.maxPixels;
    maxEncodedBytes = other.maxEncodedBytes;
    maxExpansion = other.maxExpansion;
    lenient = other.lenient;
  }

  /** {@return the default models, with a thread for each core of an executor} */
  public static PipelineDescription defaults() {
    return DEFAULTS;
  }

  /**
   * Returns this description with another detector.
   *
   * @param name an id of the catalog, an ONNX file of a one-stage detector, or a file or folder of
   *     MTCNN's weights
   * @return the changed copy
   */
  public PipelineDescription withDetector(String name) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.detector = Objects.requireNonNull(name, "name");
    return copy;
  }

  /**
   * Returns this description with another embedder.
   *
   * @param name an id of the catalog, a checkpoint or an ONNX file
   * @return the changed copy
   */
  public PipelineDescription withEmbedder(String name) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.embedder = Objects.requireNonNull(name, "name");
    return copy;
  }

  /**
   * Returns this description with another smallest face; the default is 20 pixels.
   *
   * @param pixels the side of the smallest face that is looked for, at least 1
   * @return the changed copy
   * @throws IllegalArgumentException if the number is less than 1
   */
  public PipelineDescription withMinFaceSize(int pixels) {
    if (pixels < 1) {
      throw new IllegalArgumentException(
          "the smallest face must have at least 1 pixel, got " + pixels);
    }
    PipelineDescription copy = new PipelineDescription(this);
    copy.minFaceSize = pixels;
    return copy;
  }

  /**
   * Returns this description with or without mirroring.
   *
   * @param both whether each face is embedded together with its mirror image: more accurate, half
   *     as fast
   * @return the changed copy
   */
  public PipelineDescription withMirrored(boolean both) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.mirrored = both;
    return copy;
  }

  /**
   * Returns this description with a number of threads for each executor JVM. The default is the
   * executor's cores: {@code spark.executor.cores}, or what the master URL says.
   *
   * @param perExecutor the number of threads that all tasks of an executor share, 1 to 1024
   * @return the changed copy
   * @throws IllegalArgumentException if the number is out of range
   */
  public PipelineDescription withThreads(int perExecutor) {
    if (perExecutor < 1 || perExecutor > 1024) {
      throw new IllegalArgumentException(
          "an executor's pipeline has 1 to 1024 threads, got " + perExecutor);
    }
    PipelineDescription copy = new PipelineDescription(this);
    copy.threads = perExecutor;
    return copy;
  }

  /**
   * Returns this description with a folder of models, searched before all others.
   *
   * @param folder a folder on every executor, or the name of an archive shipped with the job
   * @return the changed copy
   */
  public PipelineDescription withModels(String folder) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.models = Objects.requireNonNull(folder, "folder");
    return copy;
  }

  /**
   * Returns this description with or without downloads; they are allowed by default, unless an
   * executor's environment forbids them.
   *
   * @param forbidden whether executors may not download models
   * @return the changed copy
   */
  public PipelineDescription withOffline(boolean forbidden) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.offline = forbidden;
    return copy;
  }

  /**
   * Returns this description with the accepted license of a model whose use is restricted.
   *
   * @param modelId the model's id in the catalog
   * @return the changed copy
   */
  public PipelineDescription withAcceptedLicense(String modelId) {
    PipelineDescription copy = new PipelineDescription(this);
    List<String> accepted = new ArrayList<>(acceptedLicenses);
    accepted.add(Objects.requireNonNull(modelId, "modelId"));
    copy.acceptedLicenses = List.copyOf(accepted);
    return copy;
  }

  /**
   * Returns this description with other limits for photos. A photo over a limit becomes a row with
   * an error.
   *
   * @param options the limits
   * @return the changed copy
   */
  public PipelineDescription withReadOptions(ReadOptions options) {
    PipelineDescription copy = new PipelineDescription(this);
    copy.maxPixels = options.maxPixels();
    copy.maxEncodedBytes = options.maxEncodedBytes();
    copy.maxExpansion = options.maxExpansion();
    copy.lenient = options.lenient();
    return copy;
  }

  /**
   * {@return all that the faces found depend on but the photos: the detector and its smallest face}
   */
  String detectorSettings() {
    return detector + ", minimum face " + minFaceSize;
  }

  ReadOptions readOptions() {
    return ReadOptions.defaults()
        .withMaxPixels(maxPixels)
        .withMaxEncodedBytes(maxEncodedBytes)
        .withMaxExpansion(maxExpansion)
        .withLenient(lenient);
  }

  /** The threads of an executor, if they were set. */
  @Nullable Integer threads() {
    return threads;
  }

  /**
   * {@return the embedder's card, for which its model is opened; with it a gallery is opened that
   * faces are {@linkplain FaceDatasets#enroll enrolled} in}
   *
   * @throws io.facepipeline.FacePipelineException if the embedder cannot be opened
   */
  public ModelCard card() {
    try (FaceEmbedder opened = embedder(1)) {
      return opened.card();
    }
  }

  /**
   * Opens a pipeline.
   *
   * @param cores how many photos it works on at a time
   * @param taskCores cores of a task, the threads of one run of the embedder
   */
  FacePipeline open(int cores, int taskCores) {
    return FacePipeline.builder()
        .parallelism(cores)
        .detector(
            () -> NamedStages.detector(ShippedFiles.find(detector), store(), minFaceSize, cores))
        .embedder(() -> embedder(taskCores))
        .withoutClassifier()
        .build();
  }

  private FaceEmbedder embedder(int cores) {
    return NamedStages.embedder(
        ShippedFiles.find(embedder),
        store(),
        EmbedderOptions.defaults().withMirrored(mirrored).withThreads(cores));
  }

  private ModelStore store() {
    ModelStoreBuilder store = ModelStore.builder();
    if (models != null) {
      store.folder(Path.of(ShippedFiles.find(models)));
    }
    if (offline) {
      store.offline(true);
    }
    acceptedLicenses.forEach(store::acceptLicense);
    return store.build();
  }

  private List<@Nullable Object> parts() {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(detector);
    parts.add(embedder);
    parts.add(minFaceSize);
    parts.add(mirrored);
    parts.add(threads);
    parts.add(models);
    parts.add(offline);
    parts.add(acceptedLicenses);
    parts.add(readOptions());
    return parts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PipelineDescription that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "pipeline of " + detectorSettings() + ", " + embedder + (mirrored ? ", mirrored" : "");
  }
}
