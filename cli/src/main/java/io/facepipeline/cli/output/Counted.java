package io.facepipeline.cli.output;

/** Numbers of things, in words. */
public final class Counted {
  private Counted() {}

  /** A number of things: "1 face", "2 faces". */
  public static String of(long number, String thing) {
    return number + " " + (number == 1 ? thing : thing + "s");
  }

  /** A number of people: "1 person", "2 people". */
  public static String people(long number) {
    return number == 1 ? "1 person" : number + " people";
  }
}
