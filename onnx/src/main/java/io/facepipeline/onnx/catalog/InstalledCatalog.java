package io.facepipeline.onnx.catalog;

import io.facepipeline.onnx.MalformedModelException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;

/** The catalogs on the class path. */
final class InstalledCatalog {
  /**
   * The library's own artifacts have a name each, so that they survive when all are packed into one
   * jar, and come before those of others wherever they lie.
   */
  private static final List<String> RESOURCES =
      List.of(
          "META-INF/facepipeline/catalog/detection.json",
          "META-INF/facepipeline/catalog/embedding.json",
          "META-INF/facepipeline/catalog/attributes.json",
          "META-INF/facepipeline/catalog/models.json",
          ModelCatalog.RESOURCE);

  /** What each context loader sees. */
  private static final Map<ClassLoader, ModelCatalog> READ = new WeakHashMap<>();

  private InstalledCatalog() {}

  static ModelCatalog get() {
    ClassLoader own =
        Objects.requireNonNullElseGet(
            InstalledCatalog.class.getClassLoader(), ClassLoader::getSystemClassLoader);
    ClassLoader context =
        Objects.requireNonNullElse(Thread.currentThread().getContextClassLoader(), own);
    synchronized (READ) {
      ModelCatalog catalog = READ.get(context);
      if (catalog == null) {
        catalog = read(own, context);
        READ.put(context, catalog);
      }
      return catalog;
    }
  }

  private static ModelCatalog read(ClassLoader own, ClassLoader context) {
    ModelCatalog all = ModelCatalog.parse("nothing", "{\"models\": []}");
    // By their addresses' text: comparing URLs may ask name servers.
    Set<String> seen = new LinkedHashSet<>();
    for (String resource : RESOURCES) {
      for (ClassLoader loader : List.of(own, context)) {
        for (URL url : urls(loader, resource)) {
          if (seen.add(url.toString())) {
            all = all.and(ModelCatalog.parse(url.toString(), text(url)));
          }
        }
      }
    }
    return all;
  }

  private static List<URL> urls(ClassLoader loader, String resource) {
    try {
      return new ArrayList<>(Collections.list(loader.getResources(resource)));
    } catch (IOException e) {
      throw new MalformedModelException(
          "the catalogs " + resource + " on the class path cannot be searched: " + e, e);
    }
  }

  private static String text(URL url) {
    try {
      URLConnection connection = url.openConnection();
      // A cached connection keeps its jar open after whoever deployed it has removed it.
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new MalformedModelException("the catalog " + url + " cannot be read: " + e, e);
    }
  }
}
