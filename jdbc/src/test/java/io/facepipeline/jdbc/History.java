package io.facepipeline.jdbc;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Random changes of galleries. */
final class History {
  private static final int PEOPLE = 8;

  private History() {}

  /**
   * Makes the same changes in a plain gallery and in one of several that are the same one, chosen
   * anew for each change.
   */
  static void run(long seed, int steps, List<Gallery> same, Gallery plain) {
    Random random = new Random(seed);
    for (int step = 0; step < steps; step++) {
      Gallery gallery = same.get(random.nextInt(same.size()));
      String label = "p" + random.nextInt(PEOPLE);
      String other = "p" + random.nextInt(PEOPLE);
      List<Embedding> faces = Faces.faces(1 + random.nextInt(3), random.nextLong());
      Map<String, String> metadata =
          random.nextBoolean() ? Map.of() : Map.of("k" + random.nextInt(2), "v" + step);
      boolean known = plain.person(label).isPresent();
      switch (random.nextInt(7)) {
        case 0 -> both(gallery, plain, g -> g.remove(label));
        case 1 -> both(gallery, plain, g -> g.replace(new Enrollment(label, faces, metadata)));
        case 2 -> {
          if (known) {
            int which = random.nextInt(plain.person(label).orElseThrow().faces());
            // Another gallery may not have heard of the newest changes yet, so a change it is.
            both(gallery, plain, g -> g.setMetadata(label, metadata));
            both(gallery, plain, g -> removeFace(g, label, which));
          }
        }
        case 3 -> {
          if (known && plain.person(other).isPresent() && !label.equals(other)) {
            both(gallery, plain, g -> g.merge(label, other));
          }
        }
        case 4 -> {
          if (known) {
            both(gallery, plain, g -> g.setMetadata(label, metadata));
          }
        }
        default ->
            both(gallery, plain, g -> g.enrollAll(List.of(new Enrollment(label, faces, metadata))));
      }
    }
  }

  private static void removeFace(Gallery gallery, String label, int which) {
    List<GalleryPerson.EnrolledFace> faces = gallery.faces(label);
    if (!gallery.removeFace(faces.get(which).id())) {
      throw new AssertionError("face " + which + " of " + label + " is not there");
    }
  }

  private static void both(Gallery gallery, Gallery plain, Consumer<Gallery> change) {
    change.accept(gallery);
    change.accept(plain);
  }
}
