package io.facepipeline.spark;

import io.facepipeline.FaceClassifier;
import io.facepipeline.classify.TrainedClassifier;
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
 * A gallery's folder or a trained classifier's file as it was when it was sent to the executors,
 * and the name under which each of them finds it. Equal contents are sent once.
 */
final class ShippedClassifier implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private static final Map<String, FaceClassifier> OPEN = new HashMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ShippedClassifier::close, "facepipeline-end"));
  }

  /** What a trained classifier's file is called in its archive. */
  private static final String TRAINED = "classifier";

  private final String name;
  private final boolean trained;

  private ShippedClassifier(String name, boolean trained) {
    this.name = name;
    this.trained = trained;
  }

  /**
   * Sends a gallery or a trained classifier.
   *
   * @param place a gallery's folder or a classifier's file
   * @throws io.facepipeline.gallery.GalleryException if a gallery cannot be read, here or in its
   *     copy
   * @throws io.facepipeline.classify.ClassifierException if a classifier cannot be
   */
  static ShippedClassifier send(SparkContext context, Path place) {
    boolean trained = Files.isRegularFile(place);
    open(place, trained).close(); // refuses what is neither
    try {
      Path archive = Files.createTempFile("facepipeline-classifier", ".zip");
      String name = "facepipeline-classifier-" + zip(place, archive);
      ShippedClassifier shipped = new ShippedClassifier(name, trained);
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
      open(shipped.place(), trained).close();
      return shipped;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send " + place + " to the executors", e);
    }
  }

  /** Writes a file or the files of a folder into an archive, and gives a hash of them. */
  private static String zip(Path place, Path archive) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(place)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(new DigestOutputStream(out, digest))) {
      zip.setLevel(Deflater.BEST_SPEED); // vectors hardly shrink
      for (Path file : files) {
        String inside = place.relativize(file).toString().replace('\\', '/');
        ZipEntry entry = new ZipEntry(inside.isEmpty() ? TRAINED : inside);
        entry.setTime(0); // equal files make equal archives
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private Path place() {
    Path folder = Path.of(SparkFiles.getRootDirectory()).resolve(name);
    return trained ? folder.resolve(TRAINED) : folder;
  }

  private static FaceClassifier open(Path place, boolean trained) {
    return trained
        ? TrainedClassifier.load(place)
        : Gallery.in(place).readOnly().parallelism(ExecutorPipelines.cores()).open();
  }

  /** The classifier in this JVM, opened at its first use. */
  FaceClassifier open() {
    synchronized (OPEN) {
      return OPEN.computeIfAbsent(name, sent -> open(place(), trained));
    }
  }

  private static void close() {
    synchronized (OPEN) {
      OPEN.values().forEach(FaceClassifier::close);
      OPEN.clear();
    }
  }
}
