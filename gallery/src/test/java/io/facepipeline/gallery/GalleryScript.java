package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A sequence of changes that a seed decides, and what a gallery must hold after them: written down
 * as plainly as can be.
 */
final class GalleryScript {
  static final int DIMENSIONS = 32;
  static final String MODEL = CrashRounds.card().fingerprint();

  private static final int PEOPLE = 12;

  private GalleryScript() {}

  /** A change of a gallery, and of what it must hold. */
  interface Step {
    void run(Gallery gallery);

    void run(Contents contents);
  }

  /** What a gallery holds, person by person in order. */
  record Contents(LinkedHashMap<String, Known> people) {
    Contents() {
      this(new LinkedHashMap<>());
    }

    static Contents of(Gallery gallery) {
      Contents contents = new Contents();
      for (GalleryPerson person : gallery.people()) {
        contents.people.put(
            person.label(), new Known(person.metadata(), gallery.embeddings(person.label())));
      }
      return contents;
    }

    Contents copy() {
      return new Contents(new LinkedHashMap<>(people));
    }

    /** Equal with the order of the people. */
    boolean sameAs(Contents other) {
      return List.copyOf(people.entrySet()).equals(List.copyOf(other.people.entrySet()));
    }

    private Known known(String label) {
      return people.getOrDefault(label, new Known(Map.of(), List.of()));
    }
  }

  record Known(Map<String, String> metadata, List<Embedding> embeddings) {
    private Known plus(List<Embedding> more, Map<String, String> noted) {
      Map<String, String> both = new LinkedHashMap<>(metadata);
      both.putAll(noted);
      List<Embedding> all = new ArrayList<>(embeddings);
      all.addAll(more);
      return new Known(Map.copyOf(both), List.copyOf(all));
    }
  }

  /** The steps of a seed. */
  static List<Step> steps(long seed, int count) {
    Random random = new Random(seed);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(step(random));
    }
    return steps;
  }

  /** A face that a seed decides. */
  static Embedding face(int seed) {
    Random random = new Random(seed);
    float[] vector = new float[DIMENSIONS];
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return asRead(List.of(Embedding.of(MODEL, vector))).get(0);
  }

  private static Step step(Random random) {
    String label = label(random);
    String other = label(random);
    Map<String, String> metadata =
        random.nextBoolean()
            ? Map.of()
            : Map.of("note" + random.nextInt(3), "n" + random.nextInt());
    int kind = random.nextInt(20);
    if (kind < 8) {
      return new Enroll(List.of(new Enrollment(label, faces(random, 3), metadata)));
    } else if (kind < 11) {
      List<Enrollment> batch = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        batch.add(new Enrollment(label(random), faces(random, 4), Map.of("batch", "b" + i)));
      }
      return new Enroll(batch);
    } else if (kind < 13) {
      return new Replace(new Enrollment(label, faces(random, 5), metadata));
    } else if (kind < 15) {
      return new Remove(label);
    } else if (kind < 16) {
      return new RemoveFace(label, random.nextInt(4));
    } else if (kind < 17) {
      return new Merge(label, other);
    } else if (kind < 18) {
      return new Note(label, metadata);
    }
    return new Compact();
  }

  private static String label(Random random) {
    return "person " + random.nextInt(PEOPLE);
  }

  private static List<Embedding> faces(Random random, int most) {
    List<Embedding> faces = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      float[] vector = new float[DIMENSIONS];
      for (int d = 0; d < DIMENSIONS; d++) {
        vector[d] = (float) random.nextGaussian();
      }
      faces.add(Embedding.of(MODEL, vector));
    }
    return faces;
  }

  private record Enroll(List<Enrollment> batch) implements Step {
    @Override
    public void run(Gallery gallery) {
      gallery.enrollAll(batch);
    }

    @Override
    public void run(Contents contents) {
      for (Enrollment e : batch) {
        contents.people.put(
            e.label(), contents.known(e.label()).plus(asRead(e.embeddings()), e.metadata()));
      }
    }
  }

  private record Replace(Enrollment enrollment) implements Step {
    @Override
    public void run(Gallery gallery) {
      gallery.replace(enrollment);
    }

    @Override
    public void run(Contents contents) {
      Known old = contents.known(enrollment.label());
      contents.people.put(
          enrollment.label(),
          new Known(old.metadata, List.of())
              .plus(asRead(enrollment.embeddings()), enrollment.metadata()));
    }
  }

  private record Remove(String label) implements Step {
    @Override
    public void run(Gallery gallery) {
      gallery.remove(label);
    }

    @Override
    public void run(Contents contents) {
      contents.people.remove(label);
    }
  }

  private record RemoveFace(String label, int index) implements Step {
    @Override
    public void run(Gallery gallery) {
      List<GalleryPerson.EnrolledFace> faces = gallery.faces(label);
      if (index < faces.size()) {
        gallery.removeFace(faces.get(index).id());
      }
    }

    @Override
    public void run(Contents contents) {
      Known old = contents.known(label);
      if (index < old.embeddings.size()) {
        List<Embedding> left = new ArrayList<>(old.embeddings);
        left.remove(index);
        if (left.isEmpty()) {
          contents.people.remove(label);
        } else {
          contents.people.put(label, new Known(old.metadata, List.copyOf(left)));
        }
      }
    }
  }

  private record Merge(String label, String into) implements Step {
    private boolean possible(boolean first, boolean second) {
      return first && second && !label.equals(into);
    }

    @Override
    public void run(Gallery gallery) {
      if (possible(gallery.person(label).isPresent(), gallery.person(into).isPresent())) {
        gallery.merge(label, into);
      }
    }

    @Override
    public void run(Contents contents) {
      if (possible(contents.people.containsKey(label), contents.people.containsKey(into))) {
        Known moved = contents.people.remove(label);
        contents.people.put(into, contents.known(into).plus(moved.embeddings, Map.of()));
      }
    }
  }

  private record Note(String label, Map<String, String> metadata) implements Step {
    @Override
    public void run(Gallery gallery) {
      if (gallery.person(label).isPresent()) {
        gallery.setMetadata(label, metadata);
      }
    }

    @Override
    public void run(Contents contents) {
      contents.people.computeIfPresent(label, (l, old) -> new Known(metadata, old.embeddings));
    }
  }

  private record Compact() implements Step {
    @Override
    public void run(Gallery gallery) {
      gallery.compact(ProgressListener.NONE);
    }

    @Override
    public void run(Contents contents) {}
  }

  /** A gallery brings what it read to unit length once more, which may move the last digit. */
  private static List<Embedding> asRead(List<Embedding> faces) {
    return faces.stream().map(f -> Embedding.of(MODEL, f.toArray())).toList();
  }
}
