package io.facepipeline.gallery;

import java.util.function.Predicate;

/**
 * A search of a gallery. Immutable.
 *
 * @param count the largest number of people, at least 1
 * @param aggregation how a person's score comes from their faces
 * @param filter accepts people; called in the searching thread, at most once per person, most
 *     similar first, until there are enough. It may call the gallery, even to change it: the answer
 *     shows the gallery as it was before
 */
public record GalleryQuery(int count, Aggregation aggregation, Predicate<GalleryPerson> filter) {
  private static final Predicate<GalleryPerson> ANYONE = GalleryQuery::anyone;

  /** How a person's score comes from the similarities of their faces. */
  public enum Aggregation {
    /** The most similar face counts. */
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
   * {@return a query for the people with the most similar faces}
   *
   * @param count the largest number of people, at least 1
   * @throws IllegalArgumentException if the count is not positive
   */
  public static GalleryQuery top(int count) {
    return new GalleryQuery(count, Aggregation.BEST, ANYONE);
  }

  /**
   * {@return the same query with another aggregation}
   *
   * @param aggregation how a person's score comes from their faces
   */
  public GalleryQuery by(Aggregation aggregation) {
    return new GalleryQuery(count, aggregation, filter);
  }

  /**
   * {@return the same query with an additional filter}
   *
   * @param narrower accepts people whom the present filter accepts
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
