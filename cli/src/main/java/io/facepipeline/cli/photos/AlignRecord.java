package io.facepipeline.cli.photos;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageSource;
import io.facepipeline.internal.WholeFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The record that a folder of crops keeps of the photos they were cut from, a line a photo, so that
 * a second run does not cut them again. A line is written once the photo's crops are on the disk;
 * one that a killed process did not end counts as missing.
 */
final class AlignRecord implements Closeable {
  /** Hidden, and known to those who scan folders of photos. */
  static final String NAME = ".facepipeline-align";

  private static final Gson GSON = new Gson();

  private final Path folder;
  private final Map<String, AlignedPhoto> photos = new HashMap<>();

  /** The photo that each crop was cut from last. */
  private final Map<String, String> owners = new HashMap<>();

  /** The crops of photos before this run. */
  private final Map<String, Set<String>> before = new HashMap<>();

  /** The photos and crops of this run. */
  private final Set<String> cut = new HashSet<>();

  private final Set<String> written = new HashSet<>();

  private final RandomAccessFile file;

  /** The first line. */
  private record Settings(@Nullable String settings) {}

  /** What a record says, and where its last whole line ends. */
  private record Content(@Nullable String settings, List<AlignedPhoto> photos, int end) {}

  private AlignRecord(Path folder, RandomAccessFile file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Opens the record of a folder.
   *
   * @param settings all that crops depend on but their photos
   * @param again whether to forget what was cut of the photos given
   * @param given the photos
   * @throws IllegalArgumentException if the folder has crops of other settings
   */
  static AlignRecord open(Path folder, String settings, boolean again, List<ImageSource> given) {
    Path place = folder.resolve(NAME);
    try {
      Content content = Files.exists(place) ? read(place) : new Content(settings, List.of(), 0);
      Set<String> keys = new HashSet<>();
      if (again) {
        given.forEach(photo -> keys.add(key(photo)));
      }
      List<AlignedPhoto> kept =
          content.photos.stream().filter(photo -> !keys.contains(photo.image())).toList();
      boolean others = !settings.equals(content.settings);
      if (others && !kept.isEmpty()) {
        throw otherSettings(folder, content, settings, again ? kept.get(0).image() : null);
      }
      int end = content.end;
      if (end == 0 || again || others) {
        end = write(place, settings, kept);
      }
      AlignRecord record = new AlignRecord(folder, opened(place, end));
      for (AlignedPhoto photo : content.photos) {
        record.before.computeIfAbsent(photo.image(), p -> new HashSet<>()).addAll(photo.crops());
      }
      kept.forEach(record::remember);
      return record;
    } catch (IOException e) {
      throw new FacePipelineException("cannot keep the record " + place + ": " + e, e);
    }
  }

  /** The file without the line that a killed process did not end. */
  private static RandomAccessFile opened(Path place, long end) throws IOException {
    RandomAccessFile file = new RandomAccessFile(place.toFile(), "rw");
    try {
      file.setLength(end);
      file.seek(end);
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static IllegalArgumentException otherSettings(
      Path folder, Content content, String settings, @Nullable String notGiven) {
    return new IllegalArgumentException(
        folder
            + " has crops of other settings ("
            + differing(content.settings, settings)
            + "; now: "
            + differing(settings, content.settings)
            + (notGiven == null
                ? "); name another folder, or cut all photos again with --again"
                : "), also of photos that are not given now, such as "
                    + notGiven
                    + "; name another folder, or give all photos"));
  }

  /** The parts of settings that others have not. */
  private static String differing(@Nullable String settings, @Nullable String others) {
    List<String> parts = parts(settings);
    parts.removeAll(parts(others));
    return parts.isEmpty() ? "none of these" : String.join(", ", parts);
  }

  private static List<String> parts(@Nullable String settings) {
    return new ArrayList<>(List.of(String.valueOf(settings).split(", (?![0-9.]+[,\\]])", -1)));
  }

  private static Content read(Path place) throws IOException {
    byte[] bytes = Files.readAllBytes(place);
    String settings = null;
    List<AlignedPhoto> photos = new ArrayList<>();
    int whole = 0;
    for (int end = 0; end < bytes.length; end++) {
      if (bytes[end] == '\n') {
        String line = new String(bytes, whole, end - whole, StandardCharsets.UTF_8);
        try {
          if (whole == 0) {
            settings = GSON.fromJson(line, Settings.class).settings();
          } else {
            photos.add(photo(line));
          }
        } catch (JsonParseException | NullPointerException e) {
          // A line that lacks something is as bad as one that is no JSON.
          throw new FacePipelineException(
              place + " is damaged at \"" + line + "\"; delete it, and all photos are cut", e);
        }
        whole = end + 1;
      }
    }
    return new Content(settings, photos, whole);
  }

  private static AlignedPhoto photo(String line) {
    AlignedPhoto photo = GSON.fromJson(line, AlignedPhoto.class);
    Objects.requireNonNull(photo.image());
    Objects.requireNonNull(photo.detail());
    List.copyOf(photo.crops());
    return photo;
  }

  private static int write(Path place, String settings, List<AlignedPhoto> photos)
      throws IOException {
    StringBuilder text = new StringBuilder(GSON.toJson(new Settings(settings))).append('\n');
    photos.forEach(photo -> text.append(GSON.toJson(photo)).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    WholeFile.write(place, WholeFile.Access.UMASK, bytes);
    return bytes.length;
  }

  private void remember(AlignedPhoto photo) {
    photos.put(photo.image(), photo);
    photo.crops().forEach(crop -> owners.put(crop, photo.image()));
  }

  /** What became of a photo, if it was cut as it is now, and its crops are there. */
  Optional<AlignedPhoto> done(ImageSource photo) {
    AlignedPhoto known = photos.get(key(photo));
    if (known == null) {
      return Optional.empty();
    }
    AlignedPhoto now = entry(photo);
    boolean same = known.bytes() == now.bytes() && known.modified() == now.modified();
    boolean there =
        known.crops().stream()
            .allMatch(
                crop ->
                    known.image().equals(owners.get(crop)) && Files.exists(folder.resolve(crop)));
    return same && there ? Optional.of(known) : Optional.empty();
  }

  /** A photo of which nothing is known yet. */
  static AlignedPhoto entry(ImageSource photo) {
    long bytes = -1;
    long modified = -1;
    try {
      Path file = Path.of(photo.name());
      bytes = Files.size(file);
      modified = Files.getLastModifiedTime(file).toMillis();
    } catch (IOException | InvalidPathException e) {
      // It is told when it is read.
      bytes = -1;
    }
    return new AlignedPhoto(key(photo), bytes, modified, List.of(), 0, null, "");
  }

  private static String key(ImageSource photo) {
    try {
      return Path.of(photo.name()).toAbsolutePath().normalize().toString();
    } catch (InvalidPathException e) {
      return photo.name();
    }
  }

  /** Writes a photo down. */
  void add(AlignedPhoto photo) {
    try {
      file.write((GSON.toJson(photo) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new FacePipelineException("cannot keep the record of " + folder + ": " + e, e);
    }
    remember(photo);
    cut.add(photo.image());
    written.addAll(photo.crops());
  }

  /** Deletes crops of photos that were cut anew and have fewer now. */
  void deleteOutdated() {
    for (String photo : cut) {
      for (String crop : before.getOrDefault(photo, Set.of())) {
        if (!written.contains(crop) && owners.getOrDefault(crop, photo).equals(photo)) {
          delete(folder.resolve(crop));
        }
      }
    }
  }

  private static void delete(Path crop) {
    try {
      Files.deleteIfExists(crop);
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot delete " + crop + ", which its photo no longer has: " + e, e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
