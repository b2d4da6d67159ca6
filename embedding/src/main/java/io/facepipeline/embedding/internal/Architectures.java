package io.facepipeline.embedding.internal;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.architecture.BuiltInArchitectures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds architectures: the library's own, and others' on the class path. */
public final class Architectures {
  private Architectures() {}

  public static List<Architecture> known() {
    List<Architecture> known = new ArrayList<>(BuiltInArchitectures.all());
    ServiceLoader.load(Architecture.class, Architecture.class.getClassLoader())
        .forEach(a -> add(known, a));
    ServiceLoader.load(Architecture.class).forEach(a -> add(known, a));
    return List.copyOf(known);
  }

  /** Both loaders may find the same class. */
  private static void add(List<Architecture> known, Architecture found) {
    for (Architecture other : known) {
      if (other.name().equals(found.name())) {
        if (other.getClass() != found.getClass()) {
          throw new IllegalStateException(
              "both "
                  + other.getClass().getName()
                  + " and "
                  + found.getClass().getName()
                  + " name their architecture "
                  + found.name()
                  + "; rename one of them");
        }
        return;
      }
    }
    known.add(found);
  }

  public static Optional<Architecture> find(String name) {
    return BuiltInArchitectures.all().stream()
        .filter(a -> a.name().equals(name))
        .findFirst()
        .or(() -> known().stream().filter(a -> a.name().equals(name)).findFirst());
  }

  public static Architecture named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no architecture "
                        + name
                        + "; known are "
                        + known().stream().map(Architecture::name).toList()
                        + ", and those that META-INF/services/"
                        + Architecture.class.getName()
                        + " on the class path names"));
  }
}
