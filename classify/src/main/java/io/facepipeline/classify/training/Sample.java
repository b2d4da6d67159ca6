package io.facepipeline.classify.training;

/** A vector to train on. The array is not copied and must not be changed. */
public final class Sample {
  /** The partner of a vector that was not mixed with another photo. */
  public static final int NO_PARTNER = -1;

  private final float[] vector;
  private final int person;
  private final int photo;
  private final int partner;
  private final boolean original;

  private Sample(float[] vector, int person, int photo, int partner, boolean original) {
    this.vector = vector;
    this.person = person;
    this.photo = photo;
    this.partner = partner;
    this.original = original;
  }

  public static Sample original(float[] vector, int person, int photo) {
    return new Sample(vector, person, photo, NO_PARTNER, true);
  }

  /** A changed copy, perhaps mixed with a partner photo. */
  public Sample copy(float[] changed, int mixedWith) {
    return new Sample(changed, person, photo, mixedWith, false);
  }

  /** The same vector of a person by another number. */
  Sample ofPerson(int number) {
    return new Sample(vector, number, photo, partner, original);
  }

  public float[] vector() {
    return vector;
  }

  public int person() {
    return person;
  }

  public int photo() {
    return photo;
  }

  public int partner() {
    return partner;
  }

  boolean isOriginal() {
    return original;
  }
}
