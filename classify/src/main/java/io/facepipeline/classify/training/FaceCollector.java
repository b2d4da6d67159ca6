package io.facepipeline.classify.training;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.ProgressListener;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.ClassifierTrainer.PhotoPolicy;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.classify.file.FileInput;
import io.facepipeline.classify.file.FileOutput;
import io.facepipeline.internal.PhotoCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a folder per person into vectors to train on. Used once. */
public final class FaceCollector {
  private static final int LANDMARK_NUMBERS = 10;
  private static final int SHOWN_REFUSALS = 20;

  private final FacePipeline pipeline;
  private final PhotoPolicy policy;
  private final @Nullable Augmentation augmentation;
  private final @Nullable PhotoCache cache;
  private final ProgressListener listener;
  private final List<PhotoNote> notes = new ArrayList<>();
  private final String model;
  private final String stages;

  public FaceCollector(
      FacePipeline pipeline,
      PhotoPolicy policy,
      @Nullable Augmentation augmentation,
      @Nullable PhotoCache cache,
      ProgressListener listener) {
    this.pipeline = pipeline;
    this.policy = policy;
    this.augmentation = augmentation;
    this.cache = cache;
    this.listener = listener;
    this.model = pipeline.card().fingerprint();
    this.stages = model + " " + pipeline;
  }

  public List<PhotoNote> notes() {
    return notes;
  }

  /** The faces in a photo, and the embedding of the largest; empty if there is none. */
  private static final class Found {
    private final List<Face> faces;
    private final float[] vector;

    Found(List<Face> faces, float[] vector) {
      this.faces = faces;
      this.vector = vector;
    }
  }

  /** A photo that is trained on. The crop is there only if it was needed. */
  private static final class Usable {
    private final PeopleFolder.Photo photo;
    private final HashCode hash;
    private final Face face;
    private final float[] vector;
    private @Nullable AlignedFace crop;

    Usable(PeopleFolder.Photo photo, HashCode hash, Face face, float[] vector) {
      this.photo = photo;
      this.hash = hash;
      this.face = face;
      this.vector = vector;
    }
  }

  public TrainingSet collect(Path folder) {
    List<PeopleFolder.Photo> photos = PeopleFolder.photos(folder, notes);
    List<Usable> usable = new ArrayList<>();
    List<PhotoNote> refused = new ArrayList<>();
    notes.stream().filter(n -> n.reason() == PhotoNote.Reason.UNREADABLE).forEach(refused::add);
    Map<HashCode, PeopleFolder.Photo> seen = new HashMap<>();
    int copies = augmentation == null ? 0 : 1;
    long total = (long) photos.size() * (1 + copies);
    long done = 0;
    for (PeopleFolder.Photo photo : photos) {
      usable(photo, seen, refused).ifPresent(usable::add);
      listener.progress(++done, total, photo.file().toString());
    }
    if (policy == PhotoPolicy.FAIL && !refused.isEmpty()) {
      throw ClassifierException.untrainable(
          refused.size()
              + " photos cannot be used, and the photo policy is FAIL: "
              + refused.subList(0, Math.min(SHOWN_REFUSALS, refused.size())));
    }
    Map<String, Integer> people = new LinkedHashMap<>();
    usable.forEach(u -> people.putIfAbsent(u.photo.person(), people.size()));
    if (people.size() < 2) {
      throw TrainingSet.tooFewPeople(people.size(), refused);
    }
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < usable.size(); i++) {
      Usable u = usable.get(i);
      int person = people.getOrDefault(u.photo.person(), 0);
      samples.add(Sample.original(u.vector, person, i));
    }
    if (augmentation != null) {
      done = total - usable.size();
      List<Sample> originals = List.copyOf(samples);
      for (int i = 0; i < usable.size(); i++) {
        samples.addAll(copies(augmentation, usable, originals.get(i)));
        listener.progress(++done, total, usable.get(i).photo.file() + ", copies");
      }
    }
    return new TrainingSet(
        model,
        List.copyOf(people.keySet()),
        samples,
        usable.size(),
        augmentation == null ? "" : augmentation.id());
  }

  private Optional<Usable> usable(
      PeopleFolder.Photo photo, Map<HashCode, PeopleFolder.Photo> seen, List<PhotoNote> refused) {
    HashCode hash;
    try {
      hash = MoreFiles.asByteSource(photo.file()).hash(Hashing.sha256());
    } catch (IOException e) {
      return leaveOut(photo, PhotoNote.Reason.UNREADABLE, "it cannot be read: " + e, refused);
    }
    PeopleFolder.Photo before = seen.putIfAbsent(hash, photo);
    if (before != null && !before.person().equals(photo.person())) {
      throw ClassifierException.untrainable(
          before.file()
              + " and "
              + photo.file()
              + " are the same photo in two people's folders; delete the wrong one");
    }
    if (before != null) {
      notes.add(
          new PhotoNote(
              photo.file(),
              PhotoNote.Reason.DUPLICATE,
              false,
              "it is the same as " + before.file()));
      return Optional.empty();
    }
    Found found;
    try {
      found = find(photo.file(), hash);
    } catch (UnusablePhotoException e) {
      return leaveOut(photo, PhotoNote.Reason.UNREADABLE, String.valueOf(e.getMessage()), refused);
    }
    List<Face> faces = found.faces;
    if (faces.isEmpty()) {
      return leaveOut(photo, PhotoNote.Reason.NO_FACE, "no face was found in it", refused);
    }
    int comparable = FaceSelection.comparable(faces).size();
    if (comparable > 1) {
      String several = comparable + " faces were found in it";
      if (policy != PhotoPolicy.LARGEST) {
        return leaveOut(photo, PhotoNote.Reason.SEVERAL_FACES, several, refused);
      }
      notes.add(
          new PhotoNote(
              photo.file(),
              PhotoNote.Reason.SEVERAL_FACES,
              true,
              several + ", the largest is used for " + photo.person()));
    }
    return Optional.of(new Usable(photo, hash, faces.get(0), found.vector));
  }

  private Optional<Usable> leaveOut(
      PeopleFolder.Photo photo, PhotoNote.Reason reason, String detail, List<PhotoNote> refused) {
    PhotoNote note = new PhotoNote(photo.file(), reason, false, detail);
    notes.add(note);
    refused.add(note);
    return Optional.empty();
  }

  private Found find(Path file, HashCode hash) {
    String key = "found " + hash + " " + stages;
    Optional<FileInput> kept = cached(key);
    if (kept.isPresent()) {
      return read(kept.get());
    }
    Found found = look(file);
    if (cache != null) {
      cache.put(key, write(found).toBytes());
    }
    return found;
  }

  private Found look(Path file) {
    try {
      Image image = Image.read(file);
      List<Face> faces = pipeline.detect(image);
      float[] vector =
          faces.isEmpty()
              ? new float[0]
              : pipeline.embed(image, List.of(faces.get(0))).get(0).embedding().toArray();
      return new Found(faces, vector);
    } catch (FacePipelineException e) {
      throw new UnusablePhotoException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      // Whatever a stage of others throws is told of this photo, with its type.
      throw new UnusablePhotoException(e.toString(), e);
    }
  }

  /** Apart from what else may fail: a cache that cannot be used is no fault of the photo. */
  private static final class UnusablePhotoException extends RuntimeException {
    UnusablePhotoException(String message, RuntimeException cause) {
      super(message, cause);
    }
  }

  private List<Sample> copies(Augmentation how, List<Usable> photos, Sample original) {
    Usable own = photos.get(original.photo());
    long content = own.hash.asLong();
    List<Sample> copies = new ArrayList<>();
    for (int copy = 0; copy < how.copies(); copy++) {
      Optional<Integer> partner = how.partner(content, copy, photos.size());
      int other = partner.orElse(Sample.NO_PARTNER);
      String key = key(how, photos, own, copy, partner);
      Optional<FileInput> kept = cached(key);
      float[] vector;
      if (kept.isPresent()) {
        FileInput in = kept.get();
        vector = in.floats(in.count(Float.BYTES));
      } else {
        Image changed =
            how.apply(
                crop(own).toImage(),
                content,
                copy,
                photos.size(),
                partner.map(p -> crop(photos.get(p)).toImage()));
        AlignedFace crop = AlignedFace.of(own.face, crop(own).spec(), changed.toRgb());
        vector = pipeline.embed(List.of(crop)).get(0).toArray();
        if (cache != null) {
          FileOutput out = new FileOutput();
          out.putInt(vector.length);
          out.putFloats(vector);
          cache.put(key, out.toBytes());
        }
      }
      copies.add(original.copy(vector, other));
    }
    if (!how.mixes()) {
      own.crop = null;
    }
    return copies;
  }

  /** Another photo in the folder may draw another partner; so its hash belongs to the key. */
  private String key(
      Augmentation how, List<Usable> photos, Usable own, int copy, Optional<Integer> partner) {
    return "copy "
        + copy
        + " of "
        + own.hash
        + partner.map(p -> " mixed with " + photos.get(p).hash).orElse("")
        + " by "
        + how.id()
        + " "
        + stages;
  }

  /**
   * Cuts a face when its crop is first wanted. Crops are kept where any may be drawn as a partner.
   */
  private AlignedFace crop(Usable usable) {
    AlignedFace crop = usable.crop;
    if (crop == null) {
      crop = pipeline.align(Image.read(usable.photo.file()), List.of(usable.face)).get(0);
      usable.crop = crop;
    }
    return crop;
  }

  private Optional<FileInput> cached(String key) {
    return cache == null
        ? Optional.empty()
        : cache.get(key).map(bytes -> new FileInput(ByteBuffer.wrap(bytes)));
  }

  private static FileOutput write(Found found) {
    FileOutput out = new FileOutput();
    out.putInt(found.faces.size());
    for (Face face : found.faces) {
      Box b = face.box();
      out.putFloats(new float[] {b.x1(), b.y1(), b.x2(), b.y2(), face.score()});
      for (Point p : face.landmarks().points()) {
        out.putFloats(new float[] {p.x(), p.y()});
      }
    }
    out.putInt(found.vector.length);
    out.putFloats(found.vector);
    return out;
  }

  private static Found read(FileInput in) {
    int count = in.count((LANDMARK_NUMBERS + 5) * Float.BYTES);
    List<Face> faces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] b = in.floats(5);
      Landmarks landmarks = Landmarks.of(in.floats(LANDMARK_NUMBERS));
      faces.add(new Face(new Box(b[0], b[1], b[2], b[3]), landmarks, b[4]));
    }
    return new Found(faces, in.floats(in.count(Float.BYTES)));
  }
}
