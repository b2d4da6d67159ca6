package io.facepipeline;

import io.facepipeline.image.ImageFormat;
import io.facepipeline.internal.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The photos in a folder and its subfolders, and the files that were left out, with reasons.
 *
 * <ul>
 *   <li>A file is a photo if its first bytes are those of a picture, or its name has a picture's
 *       suffix; a file with only the suffix fails when it is read. Camera raw files and Photoshop
 *       documents are not photos.
 *   <li>Links to files and folders are followed. No folder is entered twice, so a link to a parent
 *       folder does no harm.
 *   <li>Hidden and system files and folders are left out: names that start with a dot, or are, in
 *       upper or lower case, {@code @eaDir}, {@code @Recycle}, {@code @Recently-Snapshot}, {@code
 *       #recycle}, {@code #snapshot}, {@code $RECYCLE.BIN}, {@code System Volume Information},
 *       {@code lost+found}, {@code __MACOSX}, {@code Network Trash Folder}, {@code Temporary
 *       Items}, {@code Thumbs.db}, {@code ehthumbs.db}, {@code desktop.ini} or {@code Icon\r}; and
 *       files that Windows marks as hidden. Files of the library's own, such as the record that
 *       aligning keeps in a folder of crops, are not even listed.
 * </ul>
 *
 * Immutable.
 */
public final class PhotoFolder {
  /** How many bytes tell a format. */
  private static final int HEADER_BYTES = 32;

  private static final Set<String> SUFFIXES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "tif", "tiff", "webp", "avif", "heic",
          "heif", "jxl", "jp2");

  /** Camera raw files begin as TIFF does, and hold a thumbnail where a photo is expected. */
  private static final Set<String> RAW =
      Set.of(
          "cr2", "cr3", "nef", "nrw", "arw", "srf", "sr2", "dng", "orf", "rw2", "pef", "srw", "raf",
          "3fr", "iiq", "erf", "kdc", "dcr", "mos", "mef");

  /** The library's own files, which are not worth a word. */
  private static final String OWN = ".facepipeline";

  private static final Set<String> SYSTEM =
      Set.of(
          "@eadir",
          "@recycle",
          "@recently-snapshot",
          "#recycle",
          "#snapshot",
          "$recycle.bin",
          "system volume information",
          "lost+found",
          "__macosx",
          "network trash folder",
          "temporary items",
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "icon\r");

  private final Path folder;
  private final List<Path> photos;
  private final List<Skipped> skipped;

  private PhotoFolder(Path folder, List<Path> photos, List<Skipped> skipped) {
    this.folder = folder;
    this.photos = photos.stream().sorted().toList();
    this.skipped = List.copyOf(skipped);
  }

  /** The reason why a file or folder was left out. */
  public enum Reason {
    /** It is hidden or belongs to the system. */
    HIDDEN,
    /** It is not a picture. */
    NOT_A_PHOTO,
    /** It cannot be read, or is a link to nothing. */
    UNREADABLE,
    /** It is a folder that was already entered by another path. */
    REPEATED
  }

  /**
   * A file or folder that was left out.
   *
   * @param path the file or folder
   * @param reason the reason
   * @param detail the details as text
   */
  public record Skipped(Path path, Reason reason, String detail) {
    @Override
    public String toString() {
      return path + ": " + detail;
    }
  }

  /**
   * Scans a folder.
   *
   * @param folder the folder, which may itself be hidden
   * @return its photos and left-out files
   * @throws FacePipelineException if it is not a folder or cannot be read
   */
  public static PhotoFolder scan(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new FacePipelineException(folder + " is not a folder; give a folder of photos");
    }
    Walk walk = new Walk();
    try {
      walk.enter(folder);
      walk.followLinks();
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the folder " + folder + "; check its rights: " + e, e);
    }
    return new PhotoFolder(folder, walk.photos, walk.skipped);
  }

  /**
   * {@return whether a file or folder is left out because of its name or because the system hides
   * it}
   *
   * @param path the file or folder
   */
  public static boolean isHidden(Path path) {
    String name = String.valueOf(path.getFileName());
    if (name.startsWith(".") || SYSTEM.contains(name.toLowerCase(Locale.ROOT))) {
      return true;
    }
    try {
      return Files.isHidden(path);
    } catch (IOException e) {
      // Whoever reads it learns what is wrong with it.
      return false;
    }
  }

  /** {@return whether a file's name ends as those of pictures do} */
  private static boolean isNamedAsPhoto(Path file) {
    return SUFFIXES.contains(suffix(file));
  }

  private static String suffix(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** {@return the folder as given} */
  public Path folder() {
    return folder;
  }

  /** {@return the photos in order of their paths, which start with the folder as given} */
  public List<Path> photos() {
    return photos;
  }

  /**
   * {@return the files and folders that were left out; a folder that was not entered counts once,
   * without its contents}
   */
  public List<Skipped> skipped() {
    return skipped;
  }

  /**
   * {@return the photos of each person, if the folder holds a folder per person: by label, both
   * sorted. The label is the folder's name; photos beside the folders belong to nobody. Folders
   * whose names are forms of the same label hold photos of the same person.}
   *
   * @throws FacePipelineException if a folder's name is not a valid label, or this process's locale
   *     cannot express it ({@link Labels#ofFolder})
   */
  public Map<String, List<Path>> people() {
    Map<String, List<Path>> people = new TreeMap<>();
    for (Path photo : photos) {
      Path inside = folder.relativize(photo);
      if (inside.getNameCount() > 1) {
        String label = Labels.ofFolder(folder.resolve(inside.getName(0)));
        people.computeIfAbsent(label, key -> new ArrayList<>()).add(photo);
      }
    }
    return people;
  }

  /**
   * {@return {@link #people()}, which are at least one}
   *
   * @throws FacePipelineException as {@link #people()}, or if no folder holds photos
   */
  public Map<String, List<Path>> requirePeople() {
    Map<String, List<Path>> people = people();
    if (people.isEmpty()) {
      throw new FacePipelineException(
          "no folder in " + folder + " holds photos; give a folder that holds a folder per person");
    }
    return people;
  }

  /** Goes through folders. */
  private static final class Walk {
    private final List<Path> photos = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private final Map<Object, Path> entered = new HashMap<>();
    private final Queue<Path> links = new ArrayDeque<>();

    void enter(Path folder) throws IOException {
      Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
      Path before = entered.putIfAbsent(key != null ? key : folder.toRealPath(), folder);
      if (before != null) {
        skipped.add(new Skipped(folder, Reason.REPEATED, "it is the same folder as " + before));
        return;
      }
      List<Path> children;
      try (Stream<Path> list = Files.list(folder)) {
        children = list.sorted().toList();
      }
      for (Path child : children) {
        if (Files.isSymbolicLink(child)) {
          links.add(child);
        } else {
          visit(child, false);
        }
      }
    }

    /**
     * Links come last, so that a folder is known by its own path rather than by one through them.
     */
    void followLinks() {
      for (Path link = links.poll(); link != null; link = links.poll()) {
        visit(link, true);
      }
    }

    private void visit(Path path, boolean link) {
      if (String.valueOf(path.getFileName()).startsWith(OWN)) {
        return;
      }
      if (isHidden(path)) {
        skipped.add(new Skipped(path, Reason.HIDDEN, "it is hidden or belongs to the system"));
        return;
      }
      try {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
          enter(path);
        } else if (!attributes.isRegularFile()) {
          notAPhoto(path, "it is neither a file nor a folder");
        } else {
          file(path);
        }
      } catch (NoSuchFileException e) {
        unreadable(path, link ? "it is a link to nothing" : "it is gone");
      } catch (FileSystemLoopException e) {
        unreadable(path, "it is a link to itself");
      } catch (IOException e) {
        unreadable(path, "it cannot be read: " + e);
      }
    }

    private void file(Path file) throws IOException {
      if (RAW.contains(suffix(file))) {
        notAPhoto(file, "it is a camera's raw file; convert it to jpeg");
      } else if (isNamedAsPhoto(file) || isPicture(file)) {
        photos.add(file);
      } else {
        notAPhoto(file, "it is not a picture");
      }
    }

    private void notAPhoto(Path path, String detail) {
      skipped.add(new Skipped(path, Reason.NOT_A_PHOTO, detail));
    }

    private void unreadable(Path path, String detail) {
      skipped.add(new Skipped(path, Reason.UNREADABLE, detail));
    }

    private static boolean isPicture(Path file) throws IOException {
      byte[] header;
      try (InputStream in = Files.newInputStream(file)) {
        header = in.readNBytes(HEADER_BYTES);
      }
      return switch (ImageFormat.of(header)) {
        case JPEG, PNG, GIF, TIFF, BIG_TIFF, WEBP, AVIF, HEIC, JPEG_2000 -> true;
        // Two letters begin many a text: the size of the second header must follow.
        case BMP -> header.length > 17 && header[15] == 0 && header[16] == 0 && header[17] == 0;
        case JPEG_XL -> header.length > 8 && header[4] == 'J';
        case PSD, UNKNOWN -> false;
      };
    }
  }
}
