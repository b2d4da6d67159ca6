package io.facepipeline.evaluation.verification;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.PhotoFolder;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.crops.BcolzCrops;
import io.facepipeline.evaluation.crops.PickledCrops;
import io.facepipeline.evaluation.crops.StoredCrops;
import io.facepipeline.evaluation.internal.NeighborFolds;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A verification set of faces that are already cut, in the forms in which such sets are handed
 * around. The crops go to the embedder as they are, without detection and alignment.
 *
 * <ul>
 *   <li>InsightFace's {@code lfw.bin}, {@code cfp_fp.bin} …: a pickle of a list of encoded crops
 *       and a list of booleans. It is read as data; nothing in it is executed.
 *   <li>face.evoLVe's folders {@code lfw}, {@code cfp_fp} … of bcolz, with {@code lfw_list.npy} …
 *       beside them.
 *   <li>A folder of crops with {@code pairs.txt} in it: LFW's format, or a line a pair with two
 *       files and 1 for the same person or 0.
 * </ul>
 *
 * <p>Pairs without folds of their own are in ten folds of neighbors, as in scikit-learn's KFold.
 * Immutable; thread-safe. Crops are read while they are embedded, few at a time.
 */
public final class CropSet {
  private static final String PAIRS = "pairs.txt";
  private static final String SUFFIX = ".bin";

  /** face.evoLVe enlarges a crop from 112 to 128 pixels before it takes the middle. */
  private static final float ENLARGEMENT = 128f / 112;

  /** The published sets, as face.evoLVe names and orders them. */
  private static final Map<String, String> KNOWN = known();

  private final Path place;
  private final List<FacePair> pairs;
  private final Fit fit;

  /** How a crop comes to the size that an embedder wants. */
  private enum Fit {
    EXACT,
    RESIZED,
    ENLARGED
  }

  private CropSet(Path place, List<FacePair> pairs, Fit fit) {
    this.place = place;
    this.pairs = List.copyOf(pairs);
    this.fit = fit;
  }

  private static Map<String, String> known() {
    Map<String, String> known = new LinkedHashMap<>();
    known.put("lfw", "LFW");
    known.put("cfp_ff", "CFP_FF");
    known.put("cfp_fp", "CFP_FP");
    known.put("agedb_30", "AgeDB_30");
    known.put("calfw", "CALFW");
    known.put("cplfw", "CPLFW");
    known.put("vgg2_fp", "VGGFace2_FP");
    known.put("vggface2_fp", "VGGFace2_FP");
    return known;
  }

  /**
   * Finds sets.
   *
   * @param place a set, or a folder of sets
   * @return the places of the sets, the published ones in face.evoLVe's order before others by name
   * @throws FacePipelineException if there is none
   */
  public static List<Path> find(Path place) {
    if (Files.isRegularFile(place) || isSetFolder(place)) {
      return List.of(place);
    }
    List<Path> sets = new ArrayList<>();
    if (Files.isDirectory(place)) {
      try (Stream<Path> children = Files.list(place)) {
        children
            .filter(c -> isSetFolder(c) || isPickle(c))
            .filter(c -> !PhotoFolder.isHidden(c))
            .sorted(Comparator.comparingInt(CropSet::rank).thenComparing(c -> c))
            .forEach(sets::add);
      } catch (IOException | UncheckedIOException e) {
        throw new FacePipelineException(
            "cannot read the folder " + place + "; check its rights: " + e, e);
      }
    }
    if (sets.isEmpty()) {
      throw new FacePipelineException(
          place
              + (Files.exists(place) ? " holds no verification set" : " does not exist")
              + "; give InsightFace's .bin files, face.evoLVe's bcolz folders, folders of crops"
              + " with "
              + PAIRS
              + " in them, or a folder of such sets");
    }
    return sets;
  }

  private static boolean isSetFolder(Path folder) {
    return BcolzCrops.isFolder(folder) || Files.isRegularFile(folder.resolve(PAIRS));
  }

  private static boolean isPickle(Path file) {
    return file.toString().endsWith(SUFFIX) && Files.isRegularFile(file);
  }

  private static int rank(Path place) {
    int rank = new ArrayList<>(KNOWN.keySet()).indexOf(key(place));
    return rank < 0 ? KNOWN.size() : rank;
  }

  private static String key(Path place) {
    return stem(place).toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static String stem(Path place) {
    String file = String.valueOf(place.toAbsolutePath().normalize().getFileName());
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }

  /**
   * Reads which pairs a set has; its crops are read when they are embedded.
   *
   * @param place the file or folder
   * @return the set
   * @throws FacePipelineException if it is no set, is damaged or cannot be read; the message names
   *     the file
   */
  public static CropSet read(Path place) {
    if (Files.isDirectory(place) && !BcolzCrops.isFolder(place)) {
      return read(place.resolve(PAIRS), place);
    }
    try (StoredCrops stored = open(place)) {
      List<FacePair> pairs = new ArrayList<>();
      for (int p = 0; p < stored.pairs(); p++) {
        pairs.add(
            new FacePair(
                new PersonPhoto("", crop(place, 2 * p)),
                new PersonPhoto("", crop(place, 2 * p + 1)),
                stored.same(p),
                NeighborFolds.fold(p, stored.pairs())));
      }
      return new CropSet(place, pairs, Fit.EXACT);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the crops in " + place + ": " + e, e);
    }
  }

  /**
   * Reads which pairs a folder of crops has.
   *
   * @param pairs the pairs: LFW's format, or a line a pair with two files and 1 for the same person
   *     or 0, separated by tabs, commas or spaces
   * @param folder the folder that the files' names start from
   * @return the set, named by the folder
   * @throws FacePipelineException if the pairs cannot be read or are malformed (the message names
   *     the file and the line), or if none of the crops exists
   */
  public static CropSet read(Path pairs, Path folder) {
    return new CropSet(folder, VerificationPairs.read(pairs, folder), Fit.EXACT);
  }

  private static StoredCrops open(Path place) {
    return Files.isDirectory(place) ? BcolzCrops.open(place) : PickledCrops.open(place);
  }

  /** The name of a crop that has no file of its own. */
  private static Path crop(Path place, int number) {
    return Path.of(place + "#" + number);
  }

  /** {@return the set's name: the published one's as face.evoLVe prints it, or its file's} */
  public String name() {
    return KNOWN.getOrDefault(key(place), stem(place));
  }

  /** {@return the file or folder} */
  public Path place() {
    return place;
  }

  /**
   * {@return the pairs in order; a crop without a file of its own is named by the set and its
   * number, such as {@code lfw.bin#12}}
   */
  public List<FacePair> pairs() {
    return pairs;
  }

  /**
   * {@return this set with crops brought to the size that the embedder wants, whatever theirs is;
   * an embedder that was made for another alignment gives figures below its own}
   */
  public CropSet resized() {
    return new CropSet(place, pairs, Fit.RESIZED);
  }

  /**
   * {@return this set with crops enlarged by 8/7 and cut to the middle, as face.evoLVe's {@code
   * ccrop_batch} does before it embeds: from 112 to 128 pixels, and the middle 112}
   */
  public CropSet enlarged() {
    return new CropSet(place, pairs, Fit.ENLARGED);
  }

  /**
   * Embeds the crops on the pipeline's threads; nothing is detected. To be passed to {@link
   * VerificationReport#of(List, Map)} with {@link #pairs()}.
   *
   * @param pipeline its embedder is used
   * @param listener is notified after each crop, by the calling thread
   * @return the results by crop; one of a folder that cannot be read has its error
   * @throws FacePipelineException if a crop has another size than the embedder wants and the set
   *     was not {@link #resized()}, if a crop of a file or of bcolz cannot be read, or if the
   *     thread was interrupted
   * @throws IllegalStateException if the pipeline has no embedder
   */
  public Map<Path, EvaluatedPhoto> embed(FacePipeline pipeline, ProgressListener listener) {
    FaceEmbedder embedder =
        pipeline
            .embedder()
            .orElseThrow(() -> new IllegalStateException("the pipeline has no embedder"));
    if (Files.isRegularFile(place) || BcolzCrops.isFolder(place)) {
      try (StoredCrops stored = open(place)) {
        List<Crop> crops = new ArrayList<>();
        for (int i = 0; i < 2 * stored.pairs(); i++) {
          int number = i;
          crops.add(new Crop(crop(place, i), () -> stored.crop(number)));
        }
        return embed(pipeline, embedder, crops, true, listener);
      } catch (IOException e) {
        throw new FacePipelineException("cannot read the crops in " + place + ": " + e, e);
      }
    }
    Set<Path> files = new LinkedHashSet<>();
    pairs.forEach(pair -> files.addAll(List.of(pair.first().file(), pair.second().file())));
    List<Crop> crops = files.stream().map(f -> new Crop(f, () -> Image.read(f))).toList();
    return embed(pipeline, embedder, crops, false, listener);
  }

  private Map<Path, EvaluatedPhoto> embed(
      FacePipeline pipeline,
      FaceEmbedder embedder,
      List<Crop> crops,
      boolean whole,
      ProgressListener listener) {
    CropSpec spec = embedder.crop();
    Face face = face(spec);
    Map<Path, EvaluatedPhoto> results = new LinkedHashMap<>();
    try (Stream<Outcome<Embedding>> outcomes =
        pipeline.mapEach(
            crops.stream(),
            (crop, image) -> {
              byte[] rgb = fitted(crop, image, embedder).toRgb();
              return pipeline.embed(List.of(AlignedFace.of(face, spec, rgb))).get(0);
            })) {
      outcomes.forEach(
          outcome -> {
            Path file = crops.get(results.size()).file;
            results.put(file, result(file, face, outcome, whole));
            listener.progress(results.size(), crops.size(), file.toString());
            if (Thread.interrupted()) {
              throw new FacePipelineException(
                  "interrupted after " + results.size() + " of " + crops.size() + " crops");
            }
          });
    }
    return results;
  }

  private static EvaluatedPhoto result(
      Path file, Face face, Outcome<Embedding> outcome, boolean whole) {
    if (outcome.isPresent()) {
      return EvaluatedPhoto.embedded(file, face, outcome.get());
    }
    RuntimeException e = outcome.error().orElseThrow();
    if (whole || !(e instanceof ImageException)) {
      throw e;
    }
    String start = file + ": ";
    String message = String.valueOf(e.getMessage());
    return EvaluatedPhoto.failed(
        file, message.startsWith(start) ? message.substring(start.length()) : message);
  }

  /** The crop in the size that the embedder wants. */
  private Image fitted(Crop crop, Image image, FaceEmbedder embedder) {
    CropSpec spec = embedder.crop();
    if (fit == Fit.RESIZED) {
      return image.resized(spec.width(), spec.height());
    }
    if (image.width() != spec.width() || image.height() != spec.height()) {
      throw new FacePipelineException(
          crop.file
              + " is "
              + image.width()
              + "x"
              + image.height()
              + ", but "
              + embedder.card().id()
              + " was made for crops of "
              + spec
              + "; cut the photos for this model, or bring the crops to its size with resized()");
    }
    if (fit == Fit.EXACT) {
      return image;
    }
    int width = Math.round(spec.width() * ENLARGEMENT);
    int height = Math.round(spec.height() * ENLARGEMENT);
    return image
        .resized(width, height)
        .crop(
            (width - spec.width()) / 2, (height - spec.height()) / 2, spec.width(), spec.height());
  }

  /** A face that fills a crop. */
  private static Face face(CropSpec spec) {
    CropSpec.Rule rule =
        spec.rule() instanceof CropSpec.Rule.Template
            ? spec.rule()
            : CropSpec.arcFace(Math.min(spec.width(), spec.height())).rule();
    return new Face(
        new Box(0, 0, spec.width(), spec.height()), ((CropSpec.Rule.Template) rule).template(), 1);
  }

  /** A crop that is read when it is wanted. */
  private static final class Crop implements ImageSource {
    private final Path file;
    private final Supplier<Image> read;

    Crop(Path file, Supplier<Image> read) {
      this.file = file;
      this.read = read;
    }

    @Override
    public Image load() {
      return read.get();
    }

    @Override
    public String name() {
      return file.toString();
    }
  }

  @Override
  public String toString() {
    return name() + ": " + pairs.size() + " pairs in " + place;
  }
}
