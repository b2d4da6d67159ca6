package io.facepipeline.gallery.search;

import io.facepipeline.Match.Candidate;
import io.facepipeline.gallery.GalleryPerson;
import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * One probe's scores of people, gathered from the similarities of rows. Of two equal scores the
 * person who was enrolled first comes first, so that an answer does not depend on the threads.
 */
public abstract class PersonScores {
  private final Snapshot snapshot;

  PersonScores(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  /** Chooses what is quickest for a query; {@link Few} keeps no number per person. */
  static PersonScores of(Snapshot snapshot, GalleryQuery query) {
    if (query.aggregation() == GalleryQuery.Aggregation.MEAN) {
      return new Mean(snapshot);
    }
    return isFew(query) ? new Few(snapshot, query.count()) : new Best(snapshot);
  }

  /** Whether a query asks for the best few of everyone, by their best face. */
  static boolean isFew(GalleryQuery query) {
    return query.aggregation() == GalleryQuery.Aggregation.BEST
        && query.count() <= Few.MAX
        && query.filter().isEmpty();
  }

  /** Takes the similarities of some rows, whose numbers stand in an array from an index on. */
  abstract void add(int[] rows, int first, int count, float[] similarities);

  /** Takes what another of the same kind gathered from other rows. */
  abstract void merge(PersonScores other);

  /**
   * The best people, best first. The filter is the caller's own code: it is asked here and not
   * while the gallery is read, so that it may do whatever it likes with the gallery.
   */
  public abstract List<Candidate> top(int count, Predicate<GalleryPerson> filter);

  final int personOf(int row) {
    return snapshot.personOfRow()[row];
  }

  final int peopleEnd() {
    return snapshot.peopleEnd();
  }

  final boolean wanted(int index, Predicate<GalleryPerson> filter) {
    Person person = snapshot.person(index);
    return person != null && filter.test(person.view());
  }

  final Candidate candidate(int index, double score) {
    Person person = snapshot.person(index);
    if (person == null) {
      throw new IllegalStateException("the gallery's memory is inconsistent at person " + index);
    }
    return new Candidate(person.label(), (float) Math.max(-1, Math.min(1, score)));
  }

  /**
   * The best few people by their best face, in order; most rows cost one comparison. For queries
   * that leave nobody out.
   */
  static final class Few extends PersonScores {
    static final int MAX = 256;

    private final int[] people;
    private final float[] scores;
    private int size;

    Few(Snapshot snapshot, int count) {
      super(snapshot);
      people = new int[count];
      scores = new float[count];
    }

    @Override
    void add(int[] rows, int first, int count, float[] similarities) {
      float least = least();
      for (int r = 0; r < count; r++) {
        // Equal scores are looked at too: the one of the two who was enrolled first stays.
        if (similarities[r] >= least) {
          offer(personOf(rows[first + r]), similarities[r]);
          least = least();
        }
      }
    }

    /** The score that somebody must reach to be among the best; lower if few have been seen. */
    float least() {
      return size < people.length ? Float.NEGATIVE_INFINITY : scores[size - 1];
    }

    private void offer(int person, float score) {
      int at = 0;
      while (at < size && people[at] != person) {
        at++;
      }
      if (at < size) {
        if (score <= scores[at]) {
          return;
        }
      } else {
        boolean full = size == people.length;
        if (full && !before(score, person, size - 1)) {
          return;
        }
        at = full ? size - 1 : size++;
      }
      while (at > 0 && before(score, person, at - 1)) {
        people[at] = people[at - 1];
        scores[at] = scores[at - 1];
        at--;
      }
      people[at] = person;
      scores[at] = score;
    }

    private boolean before(float score, int person, int other) {
      return score > scores[other] || (score == scores[other] && person < people[other]);
    }

    @Override
    void merge(PersonScores other) {
      Few few = (Few) other;
      for (int i = 0; i < few.size; i++) {
        offer(few.people[i], few.scores[i]);
      }
    }

    @Override
    public List<Candidate> top(int count, Predicate<GalleryPerson> filter) {
      return IntStream.range(0, Math.min(count, size))
          .mapToObj(i -> candidate(people[i], scores[i]))
          .toList();
    }
  }

  /** A number for each person. */
  private abstract static class Dense extends PersonScores {
    Dense(Snapshot snapshot) {
      super(snapshot);
    }

    /** The score; minus infinity for who has none. */
    abstract double score(int person);

    @Override
    public final List<Candidate> top(int count, Predicate<GalleryPerson> filter) {
      double[] scores = IntStream.range(0, peopleEnd()).mapToDouble(this::score).toArray();
      int[] heap =
          IntStream.range(0, scores.length)
              .filter(p -> scores[p] > Double.NEGATIVE_INFINITY)
              .toArray();
      int size = heap.length;
      for (int i = size / 2 - 1; i >= 0; i--) {
        sift(heap, scores, i, size);
      }
      List<Candidate> result = new ArrayList<>();
      while (size > 0 && result.size() < count) {
        int best = heap[0];
        heap[0] = heap[--size];
        sift(heap, scores, 0, size);
        if (wanted(best, filter)) {
          result.add(candidate(best, scores[best]));
        }
      }
      return List.copyOf(result);
    }

    /** Lets a person sink until nobody better stands below. */
    private static void sift(int[] heap, double[] scores, int from, int size) {
      int at = from;
      for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
        if (child + 1 < size && before(heap[child + 1], heap[child], scores)) {
          child++;
        }
        if (!before(heap[child], heap[at], scores)) {
          return;
        }
        int person = heap[at];
        heap[at] = heap[child];
        heap[child] = person;
        at = child;
      }
    }

    private static boolean before(int person, int other, double[] scores) {
      return scores[person] > scores[other] || (scores[person] == scores[other] && person < other);
    }
  }

  private static final class Best extends Dense {
    private final float[] best;

    Best(Snapshot snapshot) {
      super(snapshot);
      best = new float[peopleEnd()];
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
    }

    @Override
    void add(int[] rows, int first, int count, float[] similarities) {
      for (int r = 0; r < count; r++) {
        int person = personOf(rows[first + r]);
        best[person] = Math.max(best[person], similarities[r]);
      }
    }

    @Override
    void merge(PersonScores other) {
      float[] more = ((Best) other).best;
      for (int p = 0; p < best.length; p++) {
        best[p] = Math.max(best[p], more[p]);
      }
    }

    @Override
    double score(int person) {
      return best[person];
    }
  }

  private static final class Mean extends Dense {
    private final double[] sums;
    private final int[] faces;

    Mean(Snapshot snapshot) {
      super(snapshot);
      sums = new double[peopleEnd()];
      faces = new int[peopleEnd()];
    }

    @Override
    void add(int[] rows, int first, int count, float[] similarities) {
      for (int r = 0; r < count; r++) {
        int person = personOf(rows[first + r]);
        sums[person] += similarities[r];
        faces[person]++;
      }
    }

    @Override
    void merge(PersonScores other) {
      Mean mean = (Mean) other;
      for (int p = 0; p < sums.length; p++) {
        sums[p] += mean.sums[p];
        faces[p] += mean.faces[p];
      }
    }

    @Override
    double score(int person) {
      return faces[person] == 0 ? Double.NEGATIVE_INFINITY : sums[person] / faces[person];
    }
  }
}
