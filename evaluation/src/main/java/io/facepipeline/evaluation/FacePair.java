package io.facepipeline.evaluation;

import java.nio.file.Path;

/**
 * Two photos to compare.
 *
 * @param first a photo
 * @param second another
 * @param same whether they show the same person
 * @param fold which fold the pair belongs to, from 0
 */
public record FacePair(PersonPhoto first, PersonPhoto second, boolean same, int fold) {
  /**
   * A photo and who it shows.
   *
   * @param person the person's name
   * @param file where the photo lies
   */
  public record PersonPhoto(String person, Path file) {}
}
