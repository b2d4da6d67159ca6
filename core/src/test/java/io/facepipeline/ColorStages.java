package io.facepipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Stages for tests: people are colors, and faces squares of them. */
final class ColorStages {
  private ColorStages() {}

  /** A photo with a row of squares of 20x20 pixels. */
  static Image photo(int... colours) {
    int width = 200;
    byte[] rgb = new byte[width * 40 * 3];
    for (int k = 0; k < colours.length; k++) {
      for (int y = 10; y < 30; y++) {
        for (int x = 10 + 30 * k; x < 30 + 30 * k; x++) {
          int at = (y * width + x) * 3;
          rgb[at] = (byte) (colours[k] >> 16);
          rgb[at + 1] = (byte) (colours[k] >> 8);
          rgb[at + 2] = (byte) colours[k];
        }
      }
    }
    return Image.ofRgb(width, 40, rgb);
  }

  /** Finds the squares of {@link #photo}. */
  static final class Squares implements FaceDetector {
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public List<Face> detect(Image image) {
      List<Face> faces = new ArrayList<>();
      for (int x = 10; x + 20 <= image.width(); x += 30) {
        if (image.rgbAt(x + 10, 20) != 0) {
          Landmarks landmarks =
              Landmarks.of(x + 5, 15, x + 15, 15, x + 10, 20, x + 6, 25, x + 14, 25);
          faces.add(new Face(new Box(x, 10, x + 20, 30), landmarks, 1));
        }
      }
      return faces;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** Embeds a crop as its mean color. */
  static final class Colours implements FaceEmbedder {
    final AtomicInteger closed = new AtomicInteger();
    private final ModelCard card;

    Colours(String id) {
      this(
          ModelCard.builder(id)
              .embeddingSize(3)
              .crop(CropSpec.margin(8, 0))
              .sourceSha256("00")
              .thresholds(new ModelCard.Thresholds(0.9f, 0.95f, 1, "colours"))
              .build());
    }

    Colours(ModelCard card) {
      this.card = card;
    }

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream()
          .map(
              crop -> {
                float[] sum = new float[3];
                for (int i = 0; i < crop.spec().bytes(); i++) {
                  sum[i % 3] += crop.rgb().get(i) & 0xff;
                }
                return Embedding.of(card.fingerprint(), sum);
              })
          .toList();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  static final class ColourGallery implements FaceGallery {
    private final ModelCard card;
    final AtomicInteger closed = new AtomicInteger();
    final List<Enrollment> enrolled = new ArrayList<>();
    final List<Enrollment> replaced = new ArrayList<>();
    private final Map<String, Embedding> people = new LinkedHashMap<>();

    ColourGallery(ModelCard card) {
      this.card = card;
    }

    @Override
    public void enrollAll(List<Enrollment> enrollments) {
      for (Enrollment enrollment : enrollments) {
        people.put(enrollment.label(), enrollment.embeddings().get(0));
        enrolled.add(enrollment);
      }
    }

    @Override
    public void replace(Enrollment enrollment) {
      people.put(enrollment.label(), enrollment.embeddings().get(0));
      replaced.add(enrollment);
    }

    @Override
    public int remove(String label) {
      return people.remove(label) == null ? 0 : 1;
    }

    @Override
    public List<String> labels() {
      return List.copyOf(people.keySet());
    }

    @Override
    public Match classify(Embedding probe) {
      return Match.of(
          people.entrySet().stream()
              .map(e -> new Match.Candidate(e.getKey(), e.getValue().similarity(probe)))
              .sorted((a, b) -> Float.compare(b.score(), a.score()))
              .toList(),
          card.identificationThreshold());
    }

    @Override
    public String fingerprint() {
      return card.fingerprint();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
