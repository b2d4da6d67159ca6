package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import io.facepipeline.classify.cluster.FaceAlbum.Person;
import io.facepipeline.classify.cluster.FaceAlbum.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One sorting of an album's faces. Not thread-safe. */
final class AlbumSorting {
  private final FaceAlbum before;
  private final List<Place> places;
  private final Map<String, List<Integer>> byPhoto = new HashMap<>();
  private final PhotoLinkage linkage;

  /** Faces that the user or an earlier sorting has put with others. */
  private final boolean[] sure;

  /** The person that each face was, if it was there. */
  private final Map<Integer, Person> was = new HashMap<>();

  AlbumSorting(FaceAlbum before, Map<Place, Embedding> faces, float minSimilarity) {
    this.before = before;
    places = List.copyOf(faces.keySet());
    for (int i = 0; i < places.size(); i++) {
      byPhoto.computeIfAbsent(places.get(i).photo(), photo -> new ArrayList<>()).add(i);
    }
    sure = new boolean[places.size()];
    linkage = new PhotoLinkage(Faces.of(List.copyOf(faces.values())), minSimilarity);
  }

  FaceAlbum album() {
    // What the user has said comes first; what one photo shows must not stand against it.
    before.together().forEach(said -> join(indices(said)));
    before
        .apart()
        .forEach(
            sides ->
                indices(sides.get(0))
                    .forEach(a -> indices(sides.get(1)).forEach(b -> linkage.forbid(a, b))));
    for (List<Integer> photo : byPhoto.values()) {
      for (int a : photo) {
        photo.forEach(b -> linkage.forbid(a, b));
      }
    }
    for (Person person : before.people()) {
      Set<Integer> faces = indices(person.faces());
      faces.forEach(face -> was.put(face, person));
      join(faces);
    }
    was.forEach(
        (a, person) ->
            was.forEach(
                (b, other) -> {
                  if (person.name() != null
                      && other.name() != null
                      && !person.name().equals(other.name())) {
                    linkage.forbid(a, b);
                  }
                }));
    linkage.joinAlike();
    linkage.joinSmall();
    return named();
  }

  private Set<Integer> indices(List<Place> said) {
    return FaceAlbum.indices(said, byPhoto, places);
  }

  /** Joins as many of the faces as may be, from the first on. */
  private void join(Set<Integer> faces) {
    int first = -1;
    for (int face : faces) {
      if (first < 0) {
        first = face;
      } else if (linkage.join(first, face)) {
        sure[first] = true;
        sure[face] = true;
      }
    }
  }

  /** Each group is who most of its faces were; who was more than one group is the largest. */
  private FaceAlbum named() {
    Map<Integer, List<Integer>> groups = new TreeMap<>();
    int[] group = linkage.groups(sure);
    for (int i = 0; i < group.length; i++) {
      groups.computeIfAbsent(group[i], g -> new ArrayList<>()).add(i);
    }
    record Claim(List<Integer> group, Person person, long faces) {}
    List<Claim> claims = new ArrayList<>();
    for (List<Integer> faces : groups.values()) {
      Map<Person, Long> people = new HashMap<>();
      faces.forEach(
          face -> {
            Person person = was.get(face);
            if (person != null) {
              people.merge(person, 1L, Long::sum);
            }
          });
      people.forEach((person, count) -> claims.add(new Claim(faces, person, count)));
    }
    claims.sort(
        Comparator.comparingLong(Claim::faces)
            .reversed()
            .thenComparing(claim -> claim.person().id()));
    Map<List<Integer>, Person> given = new HashMap<>();
    Map<Person, List<Integer>> taken = new HashMap<>();
    for (Claim claim : claims) {
      if (!given.containsKey(claim.group()) && !taken.containsKey(claim.person())) {
        given.put(claim.group(), claim.person());
        taken.put(claim.person(), claim.group());
      }
    }
    List<List<Integer>> largestFirst = new ArrayList<>(groups.values());
    largestFirst.sort(
        Comparator.comparing((List<Integer> faces) -> -faces.size())
            .thenComparing(faces -> faces.get(0)));
    int last = before.lastId();
    List<Person> people = new ArrayList<>();
    for (List<Integer> faces : largestFirst) {
      Person old = given.get(faces);
      int id = old == null ? ++last : old.id();
      List<Place> of = faces.stream().map(places::get).toList();
      people.add(new Person(id, old == null ? null : old.name(), of));
    }
    people.sort(Comparator.comparingInt(Person::id));
    return new FaceAlbum(last, people, before.together(), before.apart());
  }
}
