package io.facepipeline.evaluation.verification;

import java.nio.file.Path;

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
}
