package io.facepipeline.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A published module on the class path, and the types that it shows to everybody.
 *
 * @param descriptor its module-info
 * @param types the public types of the packages that it exports without a "to", and the public and
 *     protected ones nested in them, by name
 */
record PublicModule(ModuleDescriptor descriptor, List<Class<?>> types) {
  private static final String DESCRIPTOR = "module-info.class";

  /** The modules of this project that a class loader sees, by name. */
  static List<PublicModule> all(ClassLoader loader) {
    List<PublicModule> modules = new ArrayList<>();
    try {
      for (URL url : Collections.list(loader.getResources(DESCRIPTOR))) {
        ModuleDescriptor descriptor;
        try (InputStream in = url.openStream()) {
          descriptor = ModuleDescriptor.read(in);
        }
        if (descriptor.name().startsWith("io.facepipeline.")) {
          modules.add(new PublicModule(descriptor, types(loader, url, descriptor)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    modules.sort(Comparator.comparing(m -> m.descriptor().name()));
    return modules;
  }

  /** The folder in the repository: the module's name without the group, with hyphens. */
  String folder() {
    return descriptor.name().substring("io.facepipeline.".length()).replace('.', '-');
  }

  private static List<Class<?>> types(ClassLoader loader, URL url, ModuleDescriptor descriptor)
      throws IOException {
    Set<String> exported =
        descriptor.exports().stream()
            .filter(e -> !e.isQualified())
            .map(e -> e.source().replace('.', '/'))
            .collect(Collectors.toSet());
    List<Class<?>> types = new ArrayList<>();
    for (String file : new TreeSet<>(classFiles(url))) {
      int slash = file.lastIndexOf('/');
      if (slash < 0 || !exported.contains(file.substring(0, slash))) {
        continue;
      }
      String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
      Class<?> type;
      try {
        type = Class.forName(name, false, loader);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(file + " has no class of that name", e);
      }
      if (isShown(type)) {
        types.add(type);
      }
    }
    types.sort(Comparator.comparing(Class::getName));
    return types;
  }

  private static boolean isShown(Class<?> type) {
    if (type.isSynthetic() || type.isAnonymousClass() || type.isLocalClass()) {
      return false;
    }
    Class<?> outer = type.getDeclaringClass();
    boolean open =
        Modifier.isPublic(type.getModifiers())
            || (outer != null && Modifier.isProtected(type.getModifiers()));
    return open && (outer == null || isShown(outer));
  }

  private static List<String> classFiles(URL url) throws IOException {
    if (url.openConnection() instanceof JarURLConnection jar) {
      jar.setUseCaches(false);
      try (var file = jar.getJarFile()) {
        return file.stream()
            .map(java.util.zip.ZipEntry::getName)
            .filter(PublicModule::isClass)
            .toList();
      }
    }
    Path root = folderOf(url);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(f -> root.relativize(f).toString().replace('\\', '/'))
          .filter(PublicModule::isClass)
          .toList();
    }
  }

  private static boolean isClass(String file) {
    return file.endsWith(".class")
        && !file.endsWith("-info.class")
        && !file.startsWith("META-INF/");
  }

  private static Path folderOf(URL url) {
    try {
      return Path.of(new URI(url.toString()).resolve("."));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(url + " is neither in a folder nor in a jar", e);
    }
  }
}
