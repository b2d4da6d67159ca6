package io.facepipeline.training.network;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.AlignmentException;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.training.data.PictureStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The squares of all photos of a training, what each shows and what it is for. A photo that cannot
 * be used is left out: one that cannot be read, one without a face if faces are looked at, and one
 * whose square is there already, so that nothing is both learned and measured with. Thread-safe.
 */
final class PhotoSet implements AutoCloseable {
  /** What photos are for, first those that keep a picture that is there twice. */
  enum Use {
    TEST,
    VALIDATION,
    TRAINING
  }

  /** A photo that was found. */
  record Photo(Path file, int label, Use use) {}

  private final PictureStore store;
  private final List<String> labels;
  private final List<Photo> photos;
  private final List<LeftOut> leftOut;

  private PhotoSet(
      PictureStore store, List<String> labels, List<Photo> found, List<LeftOut> leftOut) {
    this.store = store;
    this.labels = labels;
    this.leftOut = List.copyOf(leftOut);
    photos =
        IntStream.range(0, store.size())
            .mapToObj(i -> found.get(Integer.parseInt(store.name(i))))
            .toList();
  }

  /** {@return the photos of folders in a fixed order} */
  static List<Photo> list(Map<Use, ClassFolder> folders) {
    List<String> labels = labels(folders);
    List<Photo> found = new ArrayList<>();
    for (Use use : Use.values()) {
      ClassFolder folder = folders.get(use);
      if (folder != null) {
        folder
            .classes()
            .forEach(
                (label, files) -> {
                  int index = labels.indexOf(label);
                  files.forEach(file -> found.add(new Photo(file, index, use)));
                });
      }
    }
    return found;
  }

  private static List<String> labels(Map<Use, ClassFolder> folders) {
    ClassFolder training = folders.get(Use.TRAINING);
    if (training == null) {
      throw new IllegalArgumentException("there is no folder to train on");
    }
    return List.copyOf(training.classes().keySet());
  }

  /**
   * {@return a hash of which photos there are and how long their files, to tell trainings apart}
   */
  static String fingerprint(List<Photo> photos) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (Photo photo : photos) {
      long size = photo.file().toFile().length();
      String name = String.valueOf(photo.file().getFileName());
      String line = photo.use() + " " + photo.label() + " " + name + " " + size + "\n";
      hasher.putString(line, StandardCharsets.UTF_8);
    }
    return hasher.hash().toString().substring(0, 16);
  }

  /**
   * Opens the photos of a training, which are cut first if they were not before.
   *
   * @param work the folder of the run's files
   * @param side of a square
   * @param progress is told of every photo
   * @throws FacePipelineException if of a class nothing to learn from is left
   */
  static PhotoSet open(
      Path work,
      int side,
      PhotoCutter cutter,
      Map<Use, ClassFolder> folders,
      ProgressListener progress) {
    List<Photo> found = list(folders);
    Path reasons = work.resolve("left-out.json");
    PictureStore store =
        PictureStore.open(
            work.resolve("pictures.rgb"),
            side,
            to -> {
              List<LeftOut> leftOut = new ArrayList<>();
              folders.values().forEach(folder -> leftOut.addAll(folder.leftOut()));
              cut(found, cutter, labels(folders), to, leftOut, progress);
              write(reasons, leftOut);
            });
    try {
      PhotoSet set = new PhotoSet(store, labels(folders), found, read(reasons));
      set.requireAllClasses();
      folders.keySet().forEach(set::requireAny);
      return set;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static void cut(
      List<Photo> found,
      PhotoCutter cutter,
      List<String> labels,
      BiConsumer<String, Image> to,
      List<LeftOut> leftOut,
      ProgressListener progress) {
    Map<String, Photo> known = new HashMap<>();
    for (int i = 0; i < found.size(); i++) {
      Photo photo = found.get(i);
      String name = photo.file().toString();
      try {
        Optional<Image> square = cutter.cut(Image.read(photo.file()));
        if (square.isPresent()) {
          String hash = Hashing.sha256().hashBytes(square.get().unsafeRgb()).toString();
          Photo first = known.putIfAbsent(hash, photo);
          if (first == null) {
            to.accept(String.valueOf(i), square.get());
          } else {
            String same =
                "it is the same picture as " + first.file() + " of " + labels.get(first.label());
            leftOut.add(new LeftOut(name, LeftOut.Reason.DUPLICATE, same));
          }
        } else {
          leftOut.add(new LeftOut(name, LeftOut.Reason.NO_FACE, "no face was found in it"));
        }
      } catch (ImageException e) {
        String why = String.valueOf(e.getMessage());
        String without = why.startsWith(name + ": ") ? why.substring(name.length() + 2) : why;
        leftOut.add(new LeftOut(name, LeftOut.Reason.UNREADABLE, without));
      } catch (AlignmentException e) {
        leftOut.add(new LeftOut(name, LeftOut.Reason.NO_FACE, String.valueOf(e.getMessage())));
      }
      progress.progress(i + 1, found.size(), name);
    }
  }

  private static void write(Path file, List<LeftOut> leftOut) {
    try {
      byte[] json = new Gson().toJson(leftOut).getBytes(StandardCharsets.UTF_8);
      WholeFile.write(file, WholeFile.Access.UMASK, json);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }

  private static List<LeftOut> read(Path file) {
    try {
      return new Gson().fromJson(Files.readString(file), new TypeToken<List<LeftOut>>() {});
    } catch (IOException | JsonParseException e) {
      throw new FacePipelineException(
          "cannot read " + file + "; delete its folder to cut the photos again: " + e, e);
    }
  }

  private void requireAllClasses() {
    List<Integer> training = of(Use.TRAINING);
    for (int label = 0; label < labels.size(); label++) {
      int wanted = label;
      if (training.stream().noneMatch(i -> label(i) == wanted)) {
        throw new FacePipelineException(
            "no photo of "
                + labels.get(label)
                + " can be learned from; "
                + leftOut.size()
                + " photos were left out"
                + (leftOut.isEmpty() ? "" : ", for example " + leftOut.get(0)));
      }
    }
  }

  private void requireAny(Use use) {
    if (of(use).isEmpty()) {
      throw new FacePipelineException(
          "no photo can be used for "
              + use.name().toLowerCase(Locale.ROOT)
              + "; "
              + leftOut.size()
              + " photos were left out, for example "
              + leftOut.get(0));
    }
  }

  List<String> labels() {
    return labels;
  }

  List<LeftOut> leftOut() {
    return leftOut;
  }

  /** {@return the indexes of the photos for a use, in rising order} */
  List<Integer> of(Use use) {
    return IntStream.range(0, photos.size())
        .filter(i -> photos.get(i).use() == use)
        .boxed()
        .toList();
  }

  /** {@return the class of every photo} */
  List<Integer> allLabels() {
    return photos.stream().map(Photo::label).toList();
  }

  int label(int index) {
    return photos.get(index).label();
  }

  Path file(int index) {
    return photos.get(index).file();
  }

  Image square(int index) {
    return store.picture(index);
  }

  @Override
  public void close() {
    store.close();
  }
}
