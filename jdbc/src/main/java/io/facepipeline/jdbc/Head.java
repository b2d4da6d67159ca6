package io.facepipeline.jdbc;

/**
 * What the database says of a gallery.
 *
 * @param nextFace the first unused number of a face
 * @param nextPerson the first unused number of a person
 * @param firstChange the number of the oldest change that is still listed
 * @param lastChange the number of the newest change
 */
record Head(
    String model,
    int dimensions,
    float threshold,
    long nextFace,
    long nextPerson,
    long firstChange,
    long lastChange) {
  /** Whether what has changed since a change can be told. */
  boolean lists(long seen) {
    return seen >= firstChange - 1;
  }
}
