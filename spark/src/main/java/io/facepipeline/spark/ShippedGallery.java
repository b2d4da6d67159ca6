package io.facepipeline.spark;

import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A gallery's folder as it was when it was sent to the executors, and the name under which each of
 * them finds it. Equal contents are sent once.
 */
final class ShippedGallery implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private static final Map<String, Gallery> OPEN = new HashMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ShippedGallery::close, "facepipeline-end"));
  }

  private final String name;

  private ShippedGallery(String name) {
    this.name = name;
  }

  /**
   * Sends a gallery.
   *
   * @throws io.facepipeline.gallery.GalleryException if it cannot be read, here or in its copy
   */
  static ShippedGallery send(SparkContext context, Path folder) {
    Gallery.in(folder).readOnly().open().close(); // refuses what is no gallery
    try {
      Path archive = Files.createTempFile("facepipeline-gallery", ".zip");
      String name = "facepipeline-gallery-" + zip(folder, archive);
      ShippedGallery shipped = new ShippedGallery(name);
      String fragment = "#" + name;
      boolean sent =
          scala.jdk.javaapi.CollectionConverters.asJava(context.listArchives()).stream()
              .anyMatch(archiveName -> archiveName.endsWith(fragment));
      if (sent) {
        Files.delete(archive);
      } else {
        // Executors fetch it when they begin, however late.
        archive.toFile().deleteOnExit();
        context.addArchive(archive.toUri() + fragment);
      }
      // A copy made while somebody wrote might be broken: said here, not by the executors.
      Gallery.in(shipped.folder()).readOnly().open().close();
      return shipped;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send the gallery " + folder + " to the executors", e);
    }
  }

  /** Writes the files of a folder into an archive, and gives a hash of them. */
  private static String zip(Path folder, Path archive) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(new DigestOutputStream(out, digest))) {
      zip.setLevel(Deflater.BEST_SPEED); // vectors hardly shrink
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
        entry.setTime(0); // equal files make equal archives
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private Path folder() {
    return Path.of(SparkFiles.getRootDirectory()).resolve(name);
  }

  /** The gallery in this JVM, opened at its first use. */
  Gallery open() {
    synchronized (OPEN) {
      return OPEN.computeIfAbsent(
          name,
          sent -> Gallery.in(folder()).readOnly().parallelism(ExecutorPipelines.cores()).open());
    }
  }

  private static void close() {
    synchronized (OPEN) {
      OPEN.values().forEach(Gallery::close);
      OPEN.clear();
    }
  }
}
