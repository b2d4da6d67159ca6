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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final RandomAccessFile file;

  /** The first line. */
  private record Settings(@Nullable String settings) {}

  private AlignRecord(Path folder, RandomAccessFile file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Opens the record of a folder.
   *
   * @param settings all that crops depend on but their photos
   * @param again whether to forget what was cut
   * @throws IllegalArgumentException if the folder has crops of other settings
   */
  static AlignRecord open(Path folder, String settings, boolean again) {
    Path place = folder.resolve(NAME);
    try {
      if (again || !Files.exists(place)) {
        WholeFile.write(
            place,
            WholeFile.Access.UMASK,
            (GSON.toJson(new Settings(settings)) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      RandomAccessFile file = new RandomAccessFile(place.toFile(), "rw");
      AlignRecord record = new AlignRecord(folder, file);
      try {
        record.read(place, settings);
        return record;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot keep the record " + place + ": " + e, e);
    }
  }

  private void read(Path place, String settings) throws IOException {
    byte[] bytes = Files.readAllBytes(place);
    int whole = 0;
    for (int end = 0; end < bytes.length; end++) {
      if (bytes[end] == '\n') {
        String line = new String(bytes, whole, end - whole, StandardCharsets.UTF_8);
        try {
          if (whole == 0) {
            requireSame(settings, GSON.fromJson(line, Settings.class));
          } else {
            remember(GSON.fromJson(line, AlignedPhoto.class));
          }
        } catch (JsonParseException e) {
          throw new FacePipelineException(
              place + " is damaged at \"" + line + "\"; cut the photos with --again", e);
        }
        whole = end + 1;
      }
    }
    if (whole == 0) {
      throw new FacePipelineException(place + " is damaged; cut the photos with --again");
    }
    // What was not ended is written again.
    file.setLength(whole);
    file.seek(whole);
  }

  private void requireSame(String settings, @Nullable Settings kept) {
    String before = kept == null ? null : kept.settings();
    if (!settings.equals(before)) {
      throw new IllegalArgumentException(
          folder
              + " has crops of other settings ("
              + before
              + "; now: "
              + settings
              + "); name another folder, or cut all photos again with --again");
    }
  }

  @SuppressWarnings("NullAway") // Gson leaves null what a line lacks
  private void remember(@Nullable AlignedPhoto photo) {
    if (photo != null && photo.image() != null && photo.crops() != null) {
      photos.put(photo.image(), photo);
      photo.crops().forEach(crop -> owners.put(crop, photo.image()));
    }
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
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
