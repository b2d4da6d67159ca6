package io.facepipeline.evaluation.verification;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Two photos to compare.
 *
 * @param first a photo
 * @param second another
 * @param same whether they show the same person
 * @param fold the pair's fold, from 0
 */
public record FacePair(PersonPhoto first, PersonPhoto second, boolean same, int fold) {
  /**
   * A photo and the person it shows.
   *
   * @param person the person's name
   * @param file the photo's file
   */
  public record PersonPhoto(String person, Path file) {}

  /**
   * Reads pairs in LFW's format (vis-www.cs.umass.edu/lfw/README.txt): a line with the number of
   * folds and the number of pairs of each kind in a fold, then for each fold the pairs of the same
   * person ({@code name n1 n2}), then those of different people ({@code name1 n1 name2 n2}). A
   * first line with one number means one fold (the development sets). Photo n of a person is {@code
   * name/name_n.jpg} with four digits; also {@code .jpeg} or {@code .png}.
   *
   * @param pairs the file
   * @param images the folder with a folder per person
   * @return the pairs in order; whether each photo exists is not checked here
   * @throws FacePipelineException if the file cannot be read or a line is malformed (the message
   *     names it), or if none of the photos exists
   */
  public static List<FacePair> lfw(Path pairs, Path images) {
    return VerificationPairs.lfw(pairs, images);
  }

  /**
   * Draws equally many pairs of the same person and of different people. Each person belongs to one
   * fold only. Within a fold every pair has the same probability, and none is drawn twice.
   *
   * @param people the photos of each person
   * @param pairsPerKind how many pairs of each kind; fewer if there are not enough
   * @param folds how many folds, at least 2
   * @param seed the same seed draws the same pairs
   * @return the pairs, fold by fold
   * @throws IllegalArgumentException if there are fewer than two people for each fold, or no person
   *     has two photos
   */
  public static List<FacePair> drawn(
      Map<String, List<Path>> people, int pairsPerKind, int folds, long seed) {
    return VerificationPairs.drawn(people, pairsPerKind, folds, seed);
  }
}
