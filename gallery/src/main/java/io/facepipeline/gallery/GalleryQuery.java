package io.facepipeline.gallery;

import java.util.function.Predicate;

/**
 * What a search of a gallery is to answer. Immutable.
 *
 * @param count how many people at most, at least 1
 * @param aggregation how a person's faces make the person's score
 * @param filter who comes into question; asked in the thread that searches, at most once for each
 *     person and the most alike first, until there are enough. It may call the gallery, even to
 *     change it: the answer is of the gallery as it was before
 */
public record GalleryQuery(int count, Aggregation aggregation, Predicate<GalleryPerson> filter) {
  private static final Predicate<GalleryPerson> ANYONE = GalleryQuery::anyone;

  /** How the similarities of a person's faces make one score. */
  public enum Aggregation {
    /** The most alike face counts. */
    BEST,
    /** The mean of all faces counts. */
    MEAN
  }

  /**
   * Creates a query.
   *
   * @throws IllegalArgumentException if the count is not positive
   */
  public GalleryQuery {
    if (count < 1) {
      throw new IllegalArgumentException("the number of people must be positive, got " + count);
    }
  }

  /**
   * {@return a query for the people with the most alike faces}
   *
   * @param count how many people at most, at least 1
   * @throws IllegalArgumentException if the count is not positive
   */
  public static GalleryQuery top(int count) {
    return new GalleryQuery(count, Aggregation.BEST, ANYONE);
  }

  /**
   * {@return the same query with another aggregation}
   *
   * @param aggregation how a person's faces make the person's score
   */
  public GalleryQuery by(Aggregation aggregation) {
    return new GalleryQuery(count, aggregation, filter);
  }

  /**
   * {@return the same query for fewer people}
   *
   * @param narrower who comes into question, of those who did before
   */
  public GalleryQuery where(Predicate<GalleryPerson> narrower) {
    return new GalleryQuery(count, aggregation, isFiltered() ? filter.and(narrower) : narrower);
  }

  private static boolean anyone(GalleryPerson person) {
    return true;
  }

  /** Whether somebody may be left out. */
  boolean isFiltered() {
    return filter != ANYONE;
  }
}
