package io.facepipeline.release;

import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** One Javadoc of all published modules, with the packages that they export to everybody. */
public final class JavadocSite {
  private JavadocSite() {}

  /**
   * Writes the pages.
   *
   * @param arguments the repository's root folder, the folder to write, and the version to name
   */
  public static void main(String[] arguments) throws URISyntaxException {
    Path root = Path.of(arguments[0]);
    ClassLoader loader = JavadocSite.class.getClassLoader();
    List<PublicModule> modules = PublicModule.all(loader);
    String names =
        modules.stream().map(m -> m.descriptor().name()).collect(Collectors.joining(","));
    List<String> options = new ArrayList<>(List.of("-d", arguments[1], "--module", names));
    for (PublicModule module : modules) {
      Path sources = root.resolve(module.folder()).resolve("src/main/java");
      options.add("--module-source-path");
      options.add(module.descriptor().name() + "=" + sources);
    }
    options.addAll(List.of("--module-path", modulePath(loader)));
    String title = "FacePipeline " + arguments[2];
    options.addAll(List.of("-doctitle", title, "-windowtitle", title, "-encoding", "UTF-8"));
    // Each module's own build is what checks its comments.
    options.addAll(List.of("-notimestamp", "-quiet", "-Xdoclint:none"));
    ToolProvider javadoc =
        ToolProvider.findFirst("javadoc")
            .orElseThrow(() -> new IllegalStateException("a JDK is needed, with its javadoc"));
    int code = javadoc.run(System.out, System.err, options.toArray(new String[0]));
    if (code != 0) {
      throw new IllegalStateException("javadoc failed: exit code " + code);
    }
    System.out.println("wrote " + Path.of(arguments[1], "index.html"));
  }

  /** What the modules require; their own classes are read from the sources. */
  private static String modulePath(ClassLoader loader) throws URISyntaxException {
    if (!(loader instanceof URLClassLoader urls)) {
      return System.getProperty("java.class.path");
    }
    List<String> path = new ArrayList<>();
    for (URL url : urls.getURLs()) {
      path.add(Path.of(url.toURI()).toString());
    }
    return String.join(System.getProperty("path.separator"), path);
  }
}
