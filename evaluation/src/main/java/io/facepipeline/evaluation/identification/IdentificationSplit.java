package io.facepipeline.evaluation.identification;

import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A split of photos into a gallery and probes. Immutable.
 *
 * @param gallery the photos that enroll each person
 * @param probes the other photos of the enrolled people
 * @param strangers the photos of people who are not enrolled
 */
public record IdentificationSplit(
    Map<String, List<Path>> gallery, List<PersonPhoto> probes, List<PersonPhoto> strangers) {
  /** Creates a split. */
  public IdentificationSplit {
    Map<String, List<Path>> copy = new TreeMap<>();
    gallery.forEach((person, photos) -> copy.put(person, List.copyOf(photos)));
    gallery = Collections.unmodifiableMap(copy);
    probes = List.copyOf(probes);
    strangers = List.copyOf(strangers);
  }

  /**
   * Splits the photos of people at random. People with too few photos for a probe become strangers,
   * together with as many others as the share asks for.
   *
   * @param people the photos of each person
   * @param galleryPhotos how many photos enroll a person, at least 1
   * @param strangerShare the share of people who are not enrolled, 0 to 1, rounded
   * @param seed the same seed gives the same split
   * @return the split
   * @throws IllegalArgumentException if a number is out of range, or nobody can be enrolled and
   *     probed
   */
  public static IdentificationSplit drawn(
      Map<String, List<Path>> people, int galleryPhotos, double strangerShare, long seed) {
    if (galleryPhotos < 1 || !(strangerShare >= 0 && strangerShare <= 1)) {
      throw new IllegalArgumentException(
          "give at least 1 photo to enroll a person and a share of strangers from 0 to 1, got "
              + galleryPhotos
              + " and "
              + strangerShare);
    }
    Random random = new Random(seed);
    List<String> names = new ArrayList<>(people.keySet());
    Collections.sort(names);
    Collections.shuffle(names, random);
    // Stable: first those who can only be strangers.
    names.sort(
        (a, b) ->
            Boolean.compare(
                canBeEnrolled(people, a, galleryPhotos), canBeEnrolled(people, b, galleryPhotos)));
    long wanted = Math.round(strangerShare * names.size());
    Map<String, List<Path>> gallery = new TreeMap<>();
    List<PersonPhoto> probes = new ArrayList<>();
    List<PersonPhoto> strangers = new ArrayList<>();
    int notEnrolled = 0;
    for (String name : names) {
      List<Path> photos = new ArrayList<>(people.getOrDefault(name, List.of()));
      Collections.shuffle(photos, random);
      if (notEnrolled < wanted || !canBeEnrolled(people, name, galleryPhotos)) {
        notEnrolled++;
        photos.forEach(photo -> strangers.add(new PersonPhoto(name, photo)));
      } else {
        gallery.put(name, photos.subList(0, galleryPhotos));
        photos
            .subList(galleryPhotos, photos.size())
            .forEach(photo -> probes.add(new PersonPhoto(name, photo)));
      }
    }
    if (probes.isEmpty()) {
      throw new IllegalArgumentException(
          "nobody has enough photos to be enrolled with "
              + galleryPhotos
              + " photos and probed with another one; add photos, enroll with fewer, or ask for"
              + " fewer strangers");
    }
    return new IdentificationSplit(gallery, probes, strangers);
  }

  private static boolean canBeEnrolled(
      Map<String, List<Path>> people, String name, int galleryPhotos) {
    return people.getOrDefault(name, List.of()).size() > galleryPhotos;
  }
}
