package io.facepipeline.training.data;

import io.facepipeline.FacePipelineException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Leaves out people, or classes, of whom there are too few photos to learn from. Photos of nobody
 * known stay.
 *
 * @param least how many photos of a person there must be
 * @param photos the indexes of the photos that stay, in rising order
 * @param all how many photos there were
 * @param people how many people stay
 * @param peopleLeftOut how many people were left out
 */
public record EnoughPhotos(
    int least, List<Integer> photos, int all, int people, int peopleLeftOut) {

  /** Copies the indexes. */
  public EnoughPhotos {
    photos = List.copyOf(photos);
  }

  /**
   * {@return the photos that stay}
   *
   * @param names the person or class of each photo, or the empty string for nobody known
   * @param least how many photos of a person there must be, at least 1
   * @throws FacePipelineException if no photo stays
   */
  public static EnoughPhotos of(List<String> names, int least) {
    if (least < 1) {
      throw new IllegalArgumentException(
          "the fewest photos of a person must be at least 1, got " + least);
    }
    Map<String, Integer> counts = new HashMap<>();
    names.stream()
        .filter(name -> !name.isEmpty())
        .forEach(name -> counts.merge(name, 1, Math::addExact));
    List<Integer> photos =
        IntStream.range(0, names.size())
            .filter(i -> counts.getOrDefault(names.get(i), least) >= least)
            .boxed()
            .toList();
    int stay = (int) counts.values().stream().filter(count -> count >= least).count();
    if (photos.isEmpty()) {
      int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
      throw new FacePipelineException(
          "nobody has "
              + least
              + " photos, the most is "
              + most
              + "; ask for fewer, or give more photos");
    }
    return new EnoughPhotos(least, photos, names.size(), stay, counts.size() - stay);
  }

  /** {@return a sentence on how many people and photos were left out} */
  public String said() {
    return "left out "
        + peopleLeftOut
        + " of "
        + (people + peopleLeftOut)
        + " people with fewer than "
        + least
        + " photos, and with them "
        + (all - photos.size())
        + " of "
        + all
        + " photos";
  }
}
