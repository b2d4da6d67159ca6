package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.FaceGallery;
import io.facepipeline.Identification;
import io.facepipeline.Identification.Candidate;
import io.facepipeline.ModelCard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Enrolled people in memory, searched exactly: a probe is compared with every embedding, a person
 * counts with the most alike of theirs, and the best person is named if their cosine similarity
 * reaches the threshold.
 *
 * <p>Thread-safe: searches run side by side, and see each change wholly or not at all.
 */
public final class Gallery implements FaceGallery {
  private static final int CANDIDATES = 5;

  private final String model;
  private final int dimensions;
  private final float threshold;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** Row of the blocks to index of the person. */
  private int[] personOfRow = new int[16];

  private final EmbeddingBlocks blocks;

  /** Labels by index; the index of a person may change when another is removed. */
  private final List<String> labels = new ArrayList<>();

  private final Map<String, Integer> personOfLabel = new LinkedHashMap<>();

  private Gallery(ModelCard card, float threshold) {
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the identification threshold must be a cosine within -1 and 1, got " + threshold);
    }
    this.model = card.fingerprint();
    this.dimensions = card.embeddingSize();
    this.threshold = threshold;
    this.blocks = new EmbeddingBlocks(dimensions);
  }

  /**
   * {@return an empty gallery with the identification threshold of the model's card}
   *
   * @param card the card of the embedder
   * @throws io.facepipeline.FacePipelineException if nobody has measured the model
   */
  public static Gallery inMemory(ModelCard card) {
    return new Gallery(card, card.identificationThreshold());
  }

  /**
   * {@return an empty gallery with a threshold of the caller's}
   *
   * @param card the card of the embedder
   * @param threshold the least cosine similarity of a known person, -1 to 1
   * @throws IllegalArgumentException if the threshold is out of range
   */
  public static Gallery inMemory(ModelCard card, float threshold) {
    return new Gallery(card, threshold);
  }

  @Override
  public String embedderId() {
    return model;
  }

  /** {@return the least cosine similarity of a known person} */
  public float threshold() {
    return threshold;
  }

  @Override
  public void enroll(String label, List<Embedding> embeddings) {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a person needs a label that is not blank");
    }
    if (embeddings.isEmpty()) {
      throw new IllegalArgumentException("enrolling " + label + " needs at least one embedding");
    }
    embeddings.forEach(this::requireSameModel);
    write(
        () -> {
          int person =
              personOfLabel.computeIfAbsent(
                  label,
                  l -> {
                    labels.add(l);
                    return labels.size() - 1;
                  });
          for (Embedding embedding : embeddings) {
            int row = blocks.rows();
            if (row == personOfRow.length) {
              personOfRow = Arrays.copyOf(personOfRow, row * 2);
            }
            blocks.add(embedding);
            personOfRow[row] = person;
          }
          return null;
        });
  }

  @Override
  public int remove(String label) {
    return write(
        () -> {
          Integer person = personOfLabel.remove(label);
          if (person == null) {
            return 0;
          }
          labels.remove((int) person);
          personOfLabel.replaceAll((l, p) -> p > person ? p - 1 : p);
          int kept = 0;
          for (int row = 0; row < blocks.rows(); row++) {
            int p = personOfRow[row];
            if (p != person) {
              if (kept != row) {
                blocks.move(row, kept);
              }
              personOfRow[kept] = p > person ? p - 1 : p;
              kept++;
            }
          }
          int removed = blocks.rows() - kept;
          blocks.truncate(kept);
          return removed;
        });
  }

  /**
   * Joins two people who turned out to be one.
   *
   * @param label the person whose embeddings are moved and whose label is forgotten
   * @param into the person who keeps their label
   * @throws IllegalArgumentException if one of them is not enrolled, or both are the same
   */
  public void merge(String label, String into) {
    write(
        () -> {
          Integer from = personOfLabel.get(label);
          Integer to = personOfLabel.get(into);
          if (from == null || to == null || from.equals(to)) {
            throw new IllegalArgumentException(
                "cannot merge "
                    + label
                    + " into "
                    + into
                    + ": two different enrolled people are needed; enrolled are "
                    + labels);
          }
          labels.remove((int) from);
          personOfLabel.remove(label);
          personOfLabel.replaceAll((l, p) -> p > from ? p - 1 : p);
          int target = to > from ? to - 1 : to;
          for (int row = 0; row < blocks.rows(); row++) {
            int p = personOfRow[row];
            personOfRow[row] = p == from ? target : p > from ? p - 1 : p;
          }
          return null;
        });
  }

  @Override
  public List<String> labels() {
    return read(() -> List.copyOf(labels));
  }

  /** {@return the number of embeddings of all people} */
  public int size() {
    return read(blocks::rows);
  }

  /**
   * {@return the embeddings of a person, in the order of their enrolment; empty if the label is not
   * enrolled}
   *
   * @param label the person's label
   */
  public List<Embedding> embeddings(String label) {
    return read(
        () -> {
          Integer person = personOfLabel.get(label);
          if (person == null) {
            return List.<Embedding>of();
          }
          return IntStream.range(0, blocks.rows())
              .filter(row -> personOfRow[row] == person)
              .mapToObj(row -> Embedding.of(model, blocks.row(row)))
              .toList();
        });
  }

  @Override
  public Identification classify(Embedding probe) {
    return Identification.of(search(probe, CANDIDATES), threshold);
  }

  /**
   * {@return the people most like a probe, most alike first, whether they reach the threshold or
   * not}
   *
   * @param probe the embedding to look for
   * @param count how many people at most, at least 1
   * @throws IllegalArgumentException if the count is not positive or the probe comes from another
   *     model
   */
  public List<Candidate> search(Embedding probe, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of people must be positive, got " + count);
    }
    requireSameModel(probe);
    float[] vector = probe.toArray();
    return read(
        () -> {
          float[] best = new float[labels.size()];
          Arrays.fill(best, Float.NEGATIVE_INFINITY);
          blocks.scan(
              vector,
              (row, similarity) -> {
                int person = personOfRow[row];
                if (similarity > best[person]) {
                  best[person] = similarity;
                }
              });
          return top(best, count);
        });
  }

  private List<Candidate> top(float[] best, int count) {
    List<Candidate> result = new ArrayList<>();
    BitSet taken = new BitSet();
    if (count < best.length / 8) {
      for (int k = 0; k < count; k++) {
        int person = -1;
        for (int p = 0; p < best.length; p++) {
          if (!taken.get(p) && (person < 0 || best[p] > best[person])) {
            person = p;
          }
        }
        taken.set(person);
        result.add(candidate(person, best));
      }
      return result;
    }
    for (int p = 0; p < best.length; p++) {
      result.add(candidate(p, best));
    }
    result.sort(Comparator.comparing(Candidate::score).reversed());
    return List.copyOf(result.subList(0, Math.min(count, result.size())));
  }

  private Candidate candidate(int person, float[] best) {
    return new Candidate(labels.get(person), Math.max(-1, Math.min(1, best[person])));
  }

  private void requireSameModel(Embedding embedding) {
    if (!embedding.model().equals(model) || embedding.size() != dimensions) {
      throw new IllegalArgumentException(
          "this gallery holds "
              + dimensions
              + " dimensions of "
              + model
              + ", the embedding has "
              + embedding
              + "; embed the face with the gallery's model, or enrol everyone anew");
    }
  }

  private <T> T read(Supplier<T> task) {
    lock.readLock().lock();
    try {
      return task.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T extends @Nullable Object> T write(Supplier<T> task) {
    lock.writeLock().lock();
    try {
      return task.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return read(
        () ->
            "gallery of "
                + labels.size()
                + " people, "
                + blocks.rows()
                + " embeddings of "
                + model);
  }
}
