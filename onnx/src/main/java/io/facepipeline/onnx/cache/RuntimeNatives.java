package io.facepipeline.onnx.cache;

import ai.onnxruntime.OrtEnvironment;
import io.facepipeline.internal.UserCache;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/**
 * ONNX Runtime's native libraries, unpacked once into {@code natives} below the user's cache and
 * loaded from there. By itself the runtime unpacks them into the temporary folder at every start,
 * and leaves them there when the process is killed.
 *
 * <p>A library in the cache is used if its size and checksum are those that the artifact on the
 * class path states for its own, and if nobody but this user and root can write to it. It appears
 * whole or not at all, and is never written over while another process may have it loaded.
 * Thread-safe, also among processes.
 */
public final class RuntimeNatives {
  private static final System.Logger LOG = System.getLogger(RuntimeNatives.class.getName());
  private static final String RESOURCES = "/ai/onnxruntime/native/";
  private static final String PREFIX = "onnxruntime-";
  private static final int CHUNK = 1 << 16;

  /** What the runtime itself is made of; what is missing from an artifact is not needed. */
  private static final List<String> LIBRARIES =
      List.of(
          "onnxruntime",
          "onnxruntime4j_jni",
          "onnxruntime_providers_shared",
          "webgpu_dawn",
          "dxil",
          "dxcompiler");

  private RuntimeNatives() {}

  /**
   * Where the libraries are.
   *
   * @param path the folder
   * @param temporary whether they are to be removed once they are loaded
   */
  public record Folder(Path path, boolean temporary) {}

  /**
   * {@return the folder that holds the libraries for this platform; empty where the artifact on the
   * class path has none, so that the runtime looks for them on the library path}
   *
   * @throws InferenceException if they can be unpacked nowhere; the message names the folders and
   *     the settings
   */
  public static Optional<Folder> unpack() {
    Optional<Library> main = Library.find(LIBRARIES.get(0));
    if (main.isEmpty()) {
      return Optional.empty();
    }
    String problem;
    Path wanted = null;
    Optional<Path> cache = UserCache.find();
    if (cache.isPresent()) {
      wanted = cache.get().resolve("natives").toAbsolutePath();
      try {
        Path folder = wanted.resolve(PREFIX + platform() + "-" + main.get().key());
        unpack(folder, LIBRARIES);
        return Optional.of(new Folder(folder, false));
      } catch (IOException e) {
        problem = "the cache " + wanted + " cannot be used (" + e + ")";
      }
    } else {
      problem = "there is no cache, because the user has no home folder";
    }
    LOG.log(
        System.Logger.Level.DEBUG,
        problem + "; onnx runtime's libraries are unpacked into the temporary folder");
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path folder = Files.createTempDirectory("facepipeline-natives");
      try {
        unpack(folder, LIBRARIES);
      } catch (IOException e) {
        remove(folder);
        throw e;
      }
      return Optional.of(new Folder(folder, true));
    } catch (IOException e) {
      throw new InferenceException(
          "onnx runtime's libraries need a writable folder that allows execution: "
              + problem
              + ", and the temporary folder does not work either, "
              + temporary
              + " ("
              + e
              + "); "
              + UserCache.advice()
              + ", or a temporary folder with -Djava.io.tmpdir=DIR",
          e);
    }
  }

  /**
   * Adds the libraries of an execution provider, where the artifact on the class path has them.
   *
   * @param folder where the runtime was loaded from
   * @param libraries their names without the system's prefix and ending
   * @throws InferenceException if they cannot be unpacked
   */
  public static void add(Path folder, List<String> libraries) {
    try {
      unpack(folder, libraries);
    } catch (IOException e) {
      throw new InferenceException(
          "onnx runtime's libraries "
              + libraries
              + " cannot be unpacked into "
              + folder
              + " ("
              + e
              + "); check its rights and the free space on its disk",
          e);
    }
  }

  /**
   * Removes a temporary folder and what is in it; where the system holds on to loaded libraries
   * that is left to the end of the process.
   *
   * @param folder the folder
   */
  public static void remove(Path folder) {
    List<Path> all = new ArrayList<>(List.of(folder));
    try (var files = Files.list(folder)) {
      files.forEach(all::add);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, folder + " cannot be listed: " + e);
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(all.get(i));
      } catch (IOException e) {
        // Deleted in the reverse of this order: the folder has to be the first.
        all.subList(0, i + 1).forEach(path -> path.toFile().deleteOnExit());
        return;
      }
    }
  }

  private static void unpack(Path folder, List<String> libraries) throws IOException {
    makePrivate(folder);
    requireTrust(folder);
    if (!Mounts.allowExecution(folder)) {
      throw new IOException(
          "its file system is mounted noexec, so no library can be loaded from it");
    }
    for (String name : libraries) {
      Optional<Library> library = Library.find(name);
      if (library.isPresent()) {
        Path file = folder.resolve(library.get().fileName());
        if (!library.get().equalsFile(file)) {
          FileLocks.holding(
              file,
              () -> {
                if (!library.get().equalsFile(file)) {
                  WholeFile.deletePartsOf(file); // the lock is held
                  if (Files.isSymbolicLink(file)) {
                    Files.delete(file); // others may be able to write to what it leads to
                  }
                  WholeFile.write(file, WholeFile.Access.UMASK, part -> copy(library.get(), part));
                }
                return file;
              });
        }
      }
    }
  }

  private static void copy(Library library, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      library.copyTo(out);
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (isPosix(folder.getFileSystem().supportedFileAttributeViews())) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  /** Code is loaded from here, so that whoever can write here can do what this process can. */
  private static void requireTrust(Path folder) throws IOException {
    if (!isPosix(folder.getFileSystem().supportedFileAttributeViews())) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(folder + " can be written by others; remove it or revoke that right");
    }
    Path self = Path.of("/proc/self");
    if (Files.exists(self)) {
      Object owner = Files.getAttribute(folder, "unix:uid");
      if (!owner.equals(0) && !owner.equals(Files.getAttribute(self, "unix:uid"))) {
        throw new IOException(folder + " belongs to another user, " + Files.getOwner(folder));
      }
    }
  }

  private static boolean isPosix(Set<String> views) {
    return views.contains("posix");
  }

  /** The runtime's name of this platform. */
  private static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String os =
        system.contains("mac") || system.contains("darwin")
            ? "osx"
            : system.contains("win") ? "win" : "linux";
    String arch =
        machine.startsWith("amd64") || machine.startsWith("x86_64")
            ? "x64"
            : machine.startsWith("aarch64") ? "aarch64" : machine;
    return os + "-" + arch;
  }

  /**
   * A library inside an artifact.
   *
   * @param url where it is
   * @param fileName its name
   * @param size its size
   * @param crc the CRC-32 that the artifact states: enough against damage; against harm there are
   *     the folder's rights, since nobody else can write there
   */
  private record Library(URL url, String fileName, long size, long crc) {
    static Optional<Library> find(String name) {
      String fileName = System.mapLibraryName(name).replace("jnilib", "dylib");
      URL url = OrtEnvironment.class.getResource(RESOURCES + platform() + "/" + fileName);
      if (url == null) {
        return Optional.empty();
      }
      try {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
          try (JarFile file = jar.getJarFile()) {
            ZipEntry entry = file.getEntry(jar.getEntryName());
            if (entry != null && entry.getSize() >= 0 && entry.getCrc() >= 0) {
              return Optional.of(new Library(url, fileName, entry.getSize(), entry.getCrc()));
            }
          }
        }
        return Optional.of(read(url, fileName));
      } catch (IOException e) {
        throw new InferenceException(
            "onnx runtime's library " + url + " cannot be read (" + e + "); check the artifact", e);
      }
    }

    private static Library read(URL url, String fileName) throws IOException {
      URLConnection connection = url.openConnection();
      connection.setUseCaches(false);
      CRC32 crc = new CRC32();
      try (InputStream in = new CheckedInputStream(connection.getInputStream(), crc)) {
        long size = in.transferTo(OutputStream.nullOutputStream());
        return new Library(url, fileName, size, crc.getValue());
      }
    }

    String key() {
      return Long.toHexString(size) + "-" + Long.toHexString(crc);
    }

    boolean equalsFile(Path file) throws IOException {
      if (!Files.isRegularFile(file) || Files.size(file) != size) {
        return false;
      }
      CRC32 found = new CRC32();
      byte[] chunk = new byte[CHUNK];
      try (InputStream in = Files.newInputStream(file)) {
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
          found.update(chunk, 0, read);
        }
      }
      return found.getValue() == crc;
    }

    void copyTo(OutputStream out) throws IOException {
      URLConnection connection = url.openConnection();
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        in.transferTo(out);
      }
    }
  }
}
