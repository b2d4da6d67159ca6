package io.facepipeline.release;

import java.io.File;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
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
  public static void main(String[] arguments) {
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
    List<String> path = classPath(loader);
    List<String> named = path.stream().filter(JavadocSite::isModule).toList();
    List<String> unnamed = path.stream().filter(entry -> !isModule(entry)).toList();
    options.addAll(List.of("--module-path", joined(named)));
    options.addAll(List.of("--class-path", joined(unnamed)));
    options.addAll(List.of("--add-reads", "io.facepipeline.spark=ALL-UNNAMED"));
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
  private static List<String> classPath(ClassLoader loader) {
    if (!(loader instanceof URLClassLoader urls)) {
      return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    }
    List<String> path = new ArrayList<>();
    for (URL url : urls.getURLs()) {
      try {
        path.add(Path.of(url.toURI()).toString());
      } catch (URISyntaxException e) {
        throw new IllegalStateException(url + " is neither a folder nor a jar", e);
      }
    }
    return path;
  }

  /** Spark's jars have names of which no module's name can be made. */
  private static boolean isModule(String file) {
    try {
      return !ModuleFinder.of(Path.of(file)).findAll().isEmpty();
    } catch (FindException e) {
      return false;
    }
  }

  private static String joined(List<String> path) {
    return String.join(File.pathSeparator, path);
  }
}
