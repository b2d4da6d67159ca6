package io.facepipeline.detection.onestage;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.internal.BoxFaces;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A one-stage detector of the catalog ({@link ModelCatalog}) or of a file, and its settings: YuNet,
 * SCRFD, RetinaFace and Ultra-Light, from the ONNX files that their authors publish, and the
 * library's own, from the weights that its trainer writes. Each sees a photo, and decodes its
 * outputs, as its authors' code does.
 *
 * <pre>{@code
 * try (FaceDetector detector = DetectorModel.YUNET.withScoreThreshold(0.7f).open()) {
 *   List<Face> faces = detector.detect(image);
 * }
 * }</pre>
 *
 * <p>YuNet and RetinaFace see a photo in its full size by default, a large one in parts that
 * overlap and once more as a whole, so that faces of all sizes are found. SCRFD sees it within 640
 * pixels. A model whose input has a fixed size, such as Ultra-Light, sees it in that size. {@link
 * #withInputSize} and {@link #withFullSize} change this.
 *
 * <p>A file is recognized by its hash, by a catalog beside it ({@code theirs.model.json} for {@code
 * theirs.onnx}), or by the names and shapes of its outputs. Immutable and thread-safe.
 */
public final class DetectorModel {
  /** YuNet: 76 thousand weights; finds faces of 10 pixels and more. */
  public static final DetectorModel YUNET = ofId("yunet");

  /** YuNet with 55 thousand weights, of OpenCV's model zoo: faster, a little less accurate. */
  public static final DetectorModel YUNET_S = ofId("yunet-s");

  /** SCRFD of 500 million multiplications at 640x640, with landmarks. */
  public static final DetectorModel SCRFD_500M = ofId("scrfd-500m");

  /** SCRFD of 2.5 billion multiplications at 640x640, with landmarks. */
  public static final DetectorModel SCRFD_2_5G = ofId("scrfd-2.5g");

  /** SCRFD of 10 billion multiplications at 640x640, with landmarks. */
  public static final DetectorModel SCRFD_10G = ofId("scrfd-10g");

  /** RetinaFace on MobileNet-0.25. */
  public static final DetectorModel RETINAFACE_MOBILENET_025 = ofId("retinaface-mobilenet0.25");

  /** RetinaFace on MobileNetV2. */
  public static final DetectorModel RETINAFACE_MOBILENET_V2 = ofId("retinaface-mobilenetv2");

  /** Ultra-Light RFB on 320x240 pixels; boxes only, so it needs {@link #withLandmarks}. */
  public static final DetectorModel ULTRA_LIGHT_320 = ofId("ultra-light-rfb-320");

  /** Ultra-Light RFB on 640x480 pixels; boxes only, so it needs {@link #withLandmarks}. */
  public static final DetectorModel ULTRA_LIGHT_640 = ofId("ultra-light-rfb-640");

  private static final int LEAST_INPUT = 32;
  private static final int MOST_INPUT = 4096;
  private static final float LEAST_SHARE = 0.1f;

  /** One of the four is there. */
  private final @Nullable String id;

  private final @Nullable CatalogEntry entry;
  private final @Nullable Path file;
  private final @Nullable Checkpoint weights;

  private final @Nullable ModelStore store;
  private final Settings settings;

  private DetectorModel(
      @Nullable String id,
      @Nullable CatalogEntry entry,
      @Nullable Path file,
      @Nullable Checkpoint weights,
      @Nullable ModelStore store,
      Settings settings) {
    this.id = id;
    this.entry = entry;
    this.file = file;
    this.weights = weights;
    this.store = store;
    this.settings = settings;
  }

  private static DetectorModel ofId(String id) {
    return new DetectorModel(id, null, null, null, null, new Settings());
  }

  /**
   * {@return the detector of an entry, for example from your own catalog}
   *
   * @param entry the entry
   * @throws IllegalArgumentException if it is not a one-stage face detector
   */
  public static DetectorModel of(CatalogEntry entry) {
    if (!isOneStage(entry)) {
      throw new IllegalArgumentException(
          entry.id()
              + " is a "
              + entry.kind()
              + " of the architecture "
              + entry.architecture()
              + ", expected a face detector of one of "
              + Family.names());
    }
    return new DetectorModel(null, entry, null, null, null, new Settings());
  }

  /**
   * {@return the detector in a file; it is read by {@link #open}}
   *
   * @param file an ONNX file
   */
  public static DetectorModel of(Path file) {
    return new DetectorModel(null, null, file, null, null, new Settings());
  }

  /**
   * {@return the library's own detector with weights that its trainer wrote; its graph is emitted
   * by {@link #open}}
   *
   * @param weights the tensors of {@code detector.safetensors}
   */
  public static DetectorModel of(Checkpoint weights) {
    return new DetectorModel(null, null, null, weights, null, new Settings());
  }

  /**
   * {@return the one-stage detector with a catalog id}
   *
   * @param id the id, such as {@code yunet}
   * @throws io.facepipeline.onnx.MalformedModelException if a catalog on the class path cannot be
   *     used
   */
  public static Optional<DetectorModel> named(String id) {
    return ModelCatalog.installed()
        .entry(id)
        .filter(DetectorModel::isOneStage)
        .map(DetectorModel::of);
  }

  /**
   * {@return all one-stage detectors of the catalog, the library's first}
   *
   * @throws io.facepipeline.onnx.MalformedModelException if a catalog on the class path cannot be
   *     used
   */
  public static List<DetectorModel> values() {
    return ModelCatalog.installed().entries(Kind.FACE_DETECTOR).stream()
        .filter(DetectorModel::isOneStage)
        .map(DetectorModel::of)
        .toList();
  }

  private static boolean isOneStage(CatalogEntry entry) {
    return entry.kind() == Kind.FACE_DETECTOR
        && Arrays.stream(Family.values())
            .anyMatch(family -> family.architecture.equals(entry.architecture()));
  }

  /**
   * {@return its catalog entry: files, origin, license, published accuracy; empty for a file that
   * is in no catalog, and for weights}
   *
   * @throws io.facepipeline.FacePipelineException if a file or a catalog cannot be read
   */
  public Optional<CatalogEntry> entry() {
    if (entry != null) {
      return Optional.of(entry);
    }
    if (file != null) {
      return FileEntry.of(file);
    }
    if (weights != null) {
      return Optional.empty();
    }
    return Optional.of(ModelCatalog.installed().require(Kind.FACE_DETECTOR, requireId()));
  }

  private String requireId() {
    if (id == null) {
      throw new IllegalStateException("a detector has an id, an entry or a file");
    }
    return id;
  }

  /**
   * {@return this with another place to look for the published file; the default is {@link
   * ModelStore#fromEnvironment()}}
   *
   * @param newStore finds or downloads the file; one that is for commercial use only also refuses a
   *     file given by its path, unless a catalog says that it is allowed
   */
  public DetectorModel withModels(ModelStore newStore) {
    return new DetectorModel(id, entry, file, weights, newStore, settings);
  }

  /**
   * {@return this with another least score; the defaults are those of the authors' demonstrations:
   * YuNet 0.6, SCRFD 0.5, RetinaFace 0.6, Ultra-Light 0.7}
   *
   * @param score more than 0, at most 1; lower finds more faces, and more that are none
   * @throws IllegalArgumentException if it is out of range
   */
  public DetectorModel withScoreThreshold(float score) {
    if (!(score > 0 && score <= 1)) {
      throw new IllegalArgumentException(
          "the score threshold must be more than 0 and at most 1, got " + score);
    }
    return with(changed -> changed.scoreThreshold = score);
  }

  /**
   * {@return this with another non-maximum suppression: of two results that share more than this of
   * their union, the better one is kept; the defaults are those of the authors, 0.3 or 0.4}
   *
   * @param share 0.1 to 1
   * @throws IllegalArgumentException if it is out of range
   */
  public DetectorModel withSuppression(float share) {
    if (!(share >= LEAST_SHARE && share <= 1)) {
      throw new IllegalArgumentException(
          "the suppression must be between " + LEAST_SHARE + " and 1, got " + share);
    }
    return with(changed -> changed.suppression = share);
  }

  /**
   * {@return this with photos shrunk or enlarged to one size, one run each: fast, whatever the size
   * of the photo, but small faces of large photos are missed}
   *
   * @param longerSide the longer side of the photo in the network's input in pixels, 32 to 4096;
   *     ignored by a model whose input has a fixed size
   * @throws IllegalArgumentException if it is out of range
   */
  public DetectorModel withInputSize(int longerSide) {
    if (longerSide < LEAST_INPUT || longerSide > MOST_INPUT) {
      throw new IllegalArgumentException(
          "the input size must be between "
              + LEAST_INPUT
              + " and "
              + MOST_INPUT
              + ", got "
              + longerSide
              + "; withFullSize() takes photos of any size");
    }
    return withInput(longerSide);
  }

  /**
   * {@return this with photos in their full size; a large one is seen in parts that overlap, and
   * smaller, so that faces of all sizes are found}
   */
  public DetectorModel withFullSize() {
    return withInput(Settings.FULL_SIZE);
  }

  private DetectorModel withInput(int inputSize) {
    return with(changed -> changed.inputSize = inputSize);
  }

  /**
   * {@return this without smaller faces; with photos in their full size, which are then shrunk so
   * that such a face has 20 pixels, larger is faster}
   *
   * @param pixels the longer side of the smallest face's box, at least 1; the default is 1
   * @throws IllegalArgumentException if it is smaller
   */
  public DetectorModel withMinFaceSize(int pixels) {
    if (pixels < 1) {
      throw new IllegalArgumentException(
          "the minimum face size must be at least 1 pixel, got " + pixels);
    }
    return with(changed -> changed.minFaceSize = pixels);
  }

  /**
   * {@return this with what finds the landmarks of a detector that finds only boxes; others do not
   * use it}
   *
   * @param finder makes the finder, such as {@code () -> Mtcnn.builder().build()}; the detector
   *     closes it if it can be closed
   */
  public DetectorModel withLandmarks(Supplier<? extends LandmarkFinder> finder) {
    return with(changed -> changed.landmarks = finder);
  }

  /**
   * {@return this with a finder that finds the landmarks in each box anew, also if the network
   * finds landmarks: faces are aligned by them, and a network of one stage is less exact than one
   * that looks at each face}
   *
   * <p>If the finder is a {@link FaceRefiner}, as MTCNN is, then so is the detector, and a video's
   * faces are followed by it.
   *
   * @param finder makes the finder, as in {@link #withLandmarks}
   */
  public DetectorModel withRefinedLandmarks(Supplier<? extends LandmarkFinder> finder) {
    return with(
        changed -> {
          changed.landmarks = finder;
          changed.refined = true;
        });
  }

  /**
   * {@return this with another execution provider; the default is the CPU}
   *
   * @param provider the execution provider
   */
  public DetectorModel withProvider(OnnxOptions.Provider provider) {
    return with(changed -> changed.provider = provider);
  }

  /**
   * {@return this with another number of threads; the default is one per processor}
   *
   * @param threads 1 to 1024
   * @throws IllegalArgumentException if it is out of range
   */
  public DetectorModel withParallelism(int threads) {
    Workers.requireParallelism(threads);
    return with(changed -> changed.parallelism = threads);
  }

  private DetectorModel with(Consumer<Settings> change) {
    return new DetectorModel(id, entry, file, weights, store, settings.with(change));
  }

  /**
   * Opens the detector.
   *
   * @return a thread-safe detector; the caller closes it
   * @throws io.facepipeline.onnx.ModelNotFoundException if the file is not found
   * @throws io.facepipeline.onnx.MalformedModelException if its outputs are those of no known
   *     one-stage detector, or not those that the catalog says
   * @throws IllegalStateException if it finds boxes only and {@link #withLandmarks} was not called
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}
   */
  public FaceDetector open() {
    Optional<CatalogEntry> known = entry();
    NetworkFile networkFile = networkFile(known);
    Network network = Network.open(networkFile, known.orElse(null), settings);
    BoxFaces landmarks = null;
    try {
      if (settings.refined || !network.heads().hasLandmarks) {
        LandmarkFinder finder =
            settings.finder(known.map(CatalogEntry::id).orElse(networkFile.toString()));
        landmarks = new BoxFaces(finder);
        if (settings.refined && finder instanceof FaceRefiner refiner) {
          return new OneStageDetector.Following(toString(), network, settings, landmarks, refiner);
        }
      }
      return new OneStageDetector(toString(), network, settings, landmarks);
    } catch (RuntimeException e) {
      network.close();
      if (landmarks != null) {
        landmarks.close();
      }
      throw e;
    }
  }

  private NetworkFile networkFile(Optional<CatalogEntry> known) {
    ModelStore models = store != null ? store : ModelStore.fromEnvironment();
    if (file == null && weights == null) {
      return NetworkFile.of(toString(), known.orElseThrow(), models, settings.provider);
    }
    models.requireCommercialUse(
        this + known.map(e -> " (" + e.id() + ")").orElse(""),
        known.map(e -> e.file().license().commercialUse()).orElse(CommercialUse.UNSTATED));
    if (file != null) {
      return NetworkFile.of(file);
    }
    return NetworkFile.of(toString(), Objects.requireNonNull(weights), settings.provider);
  }

  /** {@return the catalog id or the file} */
  @Override
  public String toString() {
    if (entry != null) {
      return entry.id();
    }
    if (weights != null) {
      return weights.file().toString();
    }
    return file != null ? file.toString() : requireId();
  }
}
