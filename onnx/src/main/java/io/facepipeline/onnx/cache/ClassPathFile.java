package io.facepipeline.onnx.cache;

import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.ModelNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file inside a jar on the class path, or in a module, as an address: {@code classpath:PATH}.
 *
 * @param path the resource
 */
public record ClassPathFile(String path) {
  private static final String SCHEME = "classpath";
  private static final Pattern ADDRESS =
      Pattern.compile("classpath:((?:[A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*)");

  /** Whether an address is one of such a file, whatever its path. */
  public static boolean isOne(URI address) {
    return SCHEME.equals(address.getScheme());
  }

  /**
   * The file at an address.
   *
   * @throws IllegalArgumentException if its path is not one of names and slashes
   */
  public static ClassPathFile at(URI address) {
    var parts = ADDRESS.matcher(address.toString());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          address
              + " is not classpath:PATH, such as classpath:META-INF/facepipeline/models/net.onnx");
    }
    return new ClassPathFile(parts.group(1));
  }

  /**
   * Copies the file. It is looked for where the catalogs are.
   *
   * @throws ModelNotFoundException if no jar has it
   */
  void copyTo(Path target) throws IOException {
    try (InputStream in = open();
        OutputStream out = Files.newOutputStream(target)) {
      in.transferTo(out);
    }
  }

  /**
   * {@return the content of a small file, which needs no copy on disk}
   *
   * @throws ModelNotFoundException if no jar has it
   * @throws FacePipelineException if it cannot be read
   */
  public byte[] bytes() {
    try (InputStream in = open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new FacePipelineException("cannot read " + path + " on the class path: " + e, e);
    }
  }

  private InputStream open() throws IOException {
    URLConnection connection = find().openConnection();
    // A cached connection keeps its jar open after whoever deployed it has removed it.
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private URL find() {
    ClassLoader own =
        Objects.requireNonNullElseGet(
            ClassPathFile.class.getClassLoader(), ClassLoader::getSystemClassLoader);
    return Stream.of(
            own, Objects.requireNonNullElse(Thread.currentThread().getContextClassLoader(), own))
        .map(loader -> loader.getResource(path))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(
            () ->
                new ModelNotFoundException(
                    "no jar on the class path has the file "
                        + path
                        + "; add the artifact that the model's catalog is in, or set the context"
                        + " class loader of the thread to one that sees it"));
  }
}
