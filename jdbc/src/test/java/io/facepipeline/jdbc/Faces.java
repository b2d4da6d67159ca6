package io.facepipeline.jdbc;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Made-up faces of a made-up model, and what a gallery holds of them. */
final class Faces {
  static final int DIMENSIONS = 16;

  static final ModelCard CARD =
      ModelCard.builder("made-up")
          .embeddingSize(DIMENSIONS)
          .crop(CropSpec.arcFace(112))
          .sourceSha256("0123456789abcdef")
          .thresholds(new ModelCard.Thresholds(0.5f, 0.6f, 1000, "test"))
          .build();

  private Faces() {}

  static Embedding face(Random random) {
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Embedding.of(CARD.fingerprint(), vector);
  }

  static List<Embedding> faces(int count, long seed) {
    Random random = new Random(seed);
    List<Embedding> faces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      faces.add(face(random));
    }
    return faces;
  }

  /** Everything a gallery tells of its people, but for the numbers of faces. */
  static Map<String, List<Object>> contents(Gallery gallery) {
    Map<String, List<Object>> contents = new TreeMap<>();
    for (GalleryPerson person : gallery.people()) {
      contents.put(person.label(), List.of(person.metadata(), gallery.embeddings(person.label())));
    }
    return contents;
  }

  /** The numbers of everybody's faces. */
  static Map<String, List<Long>> numbers(Gallery gallery) {
    Map<String, List<Long>> numbers = new TreeMap<>();
    for (String label : gallery.labels()) {
      numbers.put(
          label, gallery.faces(label).stream().map(GalleryPerson.EnrolledFace::id).toList());
    }
    return numbers;
  }

  static List<String> labels(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::label).toList();
  }
}
