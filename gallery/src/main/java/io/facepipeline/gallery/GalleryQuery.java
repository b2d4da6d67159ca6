package io.facepipeline.gallery;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A search of a gallery. Immutable. */
public final class GalleryQuery {
  private final int count;
  private final Aggregation aggregation;
  private final @Nullable Predicate<GalleryPerson> filter;

  /** How a person's score comes from the similarities of their faces. */
  public enum Aggregation {
    /** The most similar face counts. */
    BEST,
    /** The mean of all faces counts. */
    MEAN
  }

  private GalleryQuery(
      int count, Aggregation aggregation, @Nullable Predicate<GalleryPerson> filter) {
    this.count = count;
    this.aggregation = aggregation;
    this.filter = filter;
  }

  /**
   * {@return a query for the people with the most similar faces}
   *
   * @param count the largest number of people, at least 1
   * @throws IllegalArgumentException if the count is not positive
   */
  public static GalleryQuery top(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of people must be positive, got " + count);
    }
    return new GalleryQuery(count, Aggregation.BEST, null);
  }

  /**
   * {@return the same query with another aggregation}
   *
   * @param aggregation how a person's score comes from their faces
   */
  public GalleryQuery withAggregation(Aggregation aggregation) {
    requireNonNull(aggregation, "the aggregation must not be null");
    return new GalleryQuery(count, aggregation, filter);
  }

  /**
   * {@return the same query with another filter} It is called in the searching thread, at most once
   * per person, most similar first, until there are enough. It may call the gallery, even to change
   * it: the answer shows the gallery as it was before.
   *
   * @param filter accepts people
   */
  public GalleryQuery withFilter(Predicate<GalleryPerson> filter) {
    requireNonNull(filter, "the filter must not be null; leave it out to ask for everyone");
    return new GalleryQuery(count, aggregation, filter);
  }

  /** {@return how many people at most} */
  public int count() {
    return count;
  }

  /** {@return how a person's faces make the person's score} */
  public Aggregation aggregation() {
    return aggregation;
  }

  /** {@return which people are accepted; empty if everyone is} */
  public Optional<Predicate<GalleryPerson>> filter() {
    return Optional.ofNullable(filter);
  }

  @Override
  public String toString() {
    return "the best "
        + count
        + (aggregation == Aggregation.BEST ? " by their best face" : " by the mean of their faces")
        + (filter == null ? "" : ", filtered");
  }
}
