package io.facepipeline.classify.cluster;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The people of an album of photos: groups of faces that keep their ids, and what the user has
 * corrected. Immutable; each method returns a new album. It holds no embeddings, only where faces
 * are, so it may be kept as JSON beside the photos.
 *
 * <pre>{@code
 * FaceAlbum album = FaceAlbum.empty().sorted(faces, 0.48f); // faces: each place and its embedding
 * album = album.merged(3, 7).named(3, "ada").without(4, List.of(wrong));
 * album = album.sorted(moreFaces, 0.48f);                   // new photos; what was said still holds
 * }</pre>
 *
 * <p>The rules of {@link #sorted}, precision first:
 *
 * <ul>
 *   <li>Two faces of one photo are two people, unless the user has said that they are one.
 *   <li>What the user has put together stays together, and what the user has taken apart stays
 *       apart. Where both are said of the same faces, the later word holds.
 *   <li>Faces that were together before stay together, and people of different names stay apart.
 *   <li>Then groups are joined by average linkage (Sokal and Michener 1958) as long as the average
 *       cosine reaches the threshold and no rule forbids it, the most alike first.
 *   <li>A face that is left alone, or a group of up to four, joins a larger group if the mean of
 *       its three highest cosines there reaches the threshold and is at least 0.05 higher than in
 *       any other group.
 *   <li>A face that is new in its group, and by this mean less than 0.05 nearer to it than to
 *       another one that it also fits, is doubtful and stays alone.
 * </ul>
 *
 * @param lastId the highest id that was ever given; ids of people who are gone are not given again
 * @param people the groups, by id; every face is in one, if only with itself
 * @param together faces that the user has put together, a list for each time
 * @param apart faces that the user has taken apart: two lists for each time, and no face of the one
 *     is the same person as a face of the other
 */
public record FaceAlbum(
    int lastId, List<Person> people, List<List<Place>> together, List<List<List<Place>>> apart) {
  /** The largest number of faces that can be sorted: four bytes for each pair of them. */
  public static final int MAX_FACES = AverageLinkage.MAX_FACES;

  /** A detector may place a face a little elsewhere the next time. */
  private static final float SAME_PLACE = 0.5f;

  /** Creates an album. */
  public FaceAlbum {
    people = List.copyOf(people);
    together = together.stream().map(List::copyOf).toList();
    apart = apart.stream().map(sides -> sides.stream().map(List::copyOf).toList()).toList();
  }

  /**
   * Where a face is.
   *
   * @param photo the photo's name, the same in every run
   * @param box the face's box in it, in pixels
   */
  public record Place(String photo, Box box) {
    private boolean isSame(Place other) {
      return photo.equals(other.photo)
          && (box.equals(other.box) || box.intersectionOverUnion(other.box) >= SAME_PLACE);
    }
  }

  /**
   * A person: faces that belong together.
   *
   * @param id the id, from 1, the same after every sorting
   * @param name the name that the user has given; null if none
   * @param faces the faces, at least one
   */
  public record Person(int id, @Nullable String name, List<Place> faces) {
    /** Creates a person. */
    public Person {
      faces = List.copyOf(faces);
    }
  }

  /** {@return an album of no photos} */
  public static FaceAlbum empty() {
    return new FaceAlbum(0, List.of(), List.of(), List.of());
  }

  /**
   * {@return the person with an id}
   *
   * @param id the id
   * @throws IllegalArgumentException if there is none
   */
  public Person person(int id) {
    return people.stream()
        .filter(person -> person.id() == id)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no person "
                        + id
                        + " in the album; there are "
                        + people.stream().map(Person::id).toList()));
  }

  /**
   * {@return this album with a name for a person}
   *
   * @param id the person's id
   * @param name the name
   * @throws IllegalArgumentException if there is no such person, or the name is no valid label: it
   *     is blank, longer than 255 bytes of UTF-8, or has control characters
   */
  public FaceAlbum named(int id, String name) {
    Person named = person(id);
    String label = Labels.accept(name);
    return with(
        people.stream().map(p -> p.id() == id ? new Person(id, label, named.faces()) : p).toList(),
        together,
        apart);
  }

  /**
   * {@return this album with two people as one, who gets the first id, and the second's name if the
   * first has none; they stay one in every later sorting}
   *
   * @param id the person to keep
   * @param other the person whose faces are the first one's too
   * @throws IllegalArgumentException if there are no two such people
   */
  public FaceAlbum merged(int id, int other) {
    Person into = person(id);
    Person gone = person(other);
    if (id == other) {
      throw new IllegalArgumentException("person " + id + " cannot be merged with itself");
    }
    List<Place> all = new ArrayList<>(into.faces());
    all.addAll(gone.faces());
    Person merged = new Person(id, into.name() == null ? gone.name() : into.name(), all);
    List<List<Place>> said = new ArrayList<>(together);
    said.add(all);
    // The later word holds.
    List<List<List<Place>>> left = new ArrayList<>();
    for (List<List<Place>> sides : apart) {
      boolean undone = hasAny(sides.get(0), all) && hasAny(sides.get(1), all);
      List<Place> out = undone ? minus(sides.get(0), all) : sides.get(0);
      if (!out.isEmpty()) {
        left.add(List.of(out, sides.get(1)));
      }
    }
    return with(
        people.stream()
            .filter(p -> p.id() != gone.id())
            .map(p -> p.id() == id ? merged : p)
            .toList(),
        said,
        left);
  }

  /**
   * {@return this album with some faces taken out of a person: each becomes a person of its own,
   * and none is ever put with those that remain}
   *
   * @param id the person's id
   * @param faces some of the person's faces, not all
   * @throws IllegalArgumentException if there is no such person, or the faces are none or all of
   *     the person's, or not the person's
   */
  public FaceAlbum without(int id, List<Place> faces) {
    Person person = person(id);
    List<Place> out = person.faces().stream().filter(f -> hasAny(faces, List.of(f))).toList();
    List<Place> rest = person.faces().stream().filter(f -> !out.contains(f)).toList();
    if (out.isEmpty() || out.size() < Set.copyOf(faces).size() || rest.isEmpty()) {
      throw new IllegalArgumentException(
          "some, and not all, of the "
              + person.faces().size()
              + " faces of person "
              + id
              + " can be taken out, got "
              + faces);
    }
    int last = lastId;
    List<Person> now = new ArrayList<>();
    people.forEach(p -> now.add(p.id() == id ? new Person(id, p.name(), rest) : p));
    for (Place face : out) {
      now.add(new Person(++last, null, List.of(face)));
    }
    List<List<Place>> said = new ArrayList<>();
    for (List<Place> group : together) {
      said.add(hasAny(group, rest) ? minus(group, out) : group);
    }
    List<List<List<Place>>> told = new ArrayList<>(apart);
    told.add(List.of(out, rest));
    return new FaceAlbum(last, now, said, told);
  }

  private static List<Place> minus(List<Place> group, List<Place> out) {
    return group.stream().filter(place -> !hasAny(out, List.of(place))).toList();
  }

  private static boolean hasAny(List<Place> some, List<Place> others) {
    return some.stream().anyMatch(a -> others.stream().anyMatch(a::isSame));
  }

  private FaceAlbum with(
      List<Person> newPeople, List<List<Place>> said, List<List<List<Place>>> told) {
    return new FaceAlbum(lastId, newPeople, said, told);
  }

  /**
   * Sorts faces by person. The album afterwards has these faces only: those of photos that are gone
   * are forgotten, but not what was said of them.
   *
   * @param faces all faces of all photos, new and old, with their embeddings, of one model
   * @param minSimilarity the lowest average cosine of one person's faces, -1 to 1; the
   *     identification threshold of the embedder's card
   * @return the album; new people get new ids, the one with the most faces first
   * @throws IllegalArgumentException if the embeddings are of different models, there are more than
   *     {@link #MAX_FACES}, or the similarity is out of range
   */
  public FaceAlbum sorted(Map<Place, Embedding> faces, float minSimilarity) {
    Cosines.require("least similarity", minSimilarity);
    if (faces.size() > MAX_FACES) {
      throw new IllegalArgumentException(
          "an album has at most "
              + MAX_FACES
              + " faces, got "
              + faces.size()
              + "; sort its folders one by one");
    }
    return new AlbumSorting(this, faces, minSimilarity).album();
  }

  /**
   * {@return the clusters of these faces, to compare them with the truth}
   *
   * @param faces faces of this album; one that is not in it is alone
   */
  public FaceClustering.Clusters clusters(List<Place> faces) {
    Map<Place, Integer> ids = new HashMap<>();
    people.forEach(person -> person.faces().forEach(face -> ids.put(face, person.id())));
    int[] marks = new int[faces.size()];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = ids.getOrDefault(faces.get(i), FaceClustering.Clusters.ALONE);
    }
    return FaceClustering.Clusters.ofMarks(marks);
  }

  /**
   * {@return photos that are copies of each other, such as a smaller one, in groups of at least
   * two: as many faces, each so alike, in the same places but for the photos' sizes}
   *
   * @param faces the faces of the photos with their embeddings, of one model
   * @param minSimilarity the lowest cosine of a face and its copy; about 0.9, above which two
   *     photos of one person rarely come
   */
  public static List<List<String>> duplicates(Map<Place, Embedding> faces, float minSimilarity) {
    Map<String, List<Map.Entry<Place, Embedding>>> photos = new TreeMap<>();
    faces
        .entrySet()
        .forEach(
            face ->
                photos.computeIfAbsent(face.getKey().photo(), p -> new ArrayList<>()).add(face));
    photos
        .values()
        .forEach(all -> all.sort(Comparator.comparing(f -> f.getKey().box().center().x())));
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (var photo : photos.entrySet()) {
      Optional<String> original =
          groups.keySet().stream()
              .filter(first -> isCopy(photos.get(first), photo.getValue(), minSimilarity))
              .findFirst();
      groups
          .computeIfAbsent(original.orElse(photo.getKey()), p -> new ArrayList<>())
          .add(photo.getKey());
    }
    return groups.values().stream().filter(group -> group.size() > 1).map(List::copyOf).toList();
  }

  private static boolean isCopy(
      @Nullable List<Map.Entry<Place, Embedding>> a,
      List<Map.Entry<Place, Embedding>> b,
      float minSimilarity) {
    if (a == null || a.size() != b.size()) {
      return false;
    }
    // In a copy of another size, all is longer by one factor: that of the first face.
    Box first = a.get(0).getKey().box();
    double factor = b.get(0).getKey().box().width() / first.width();
    for (int i = 0; i < a.size(); i++) {
      Box own = a.get(i).getKey().box();
      Box copy = b.get(i).getKey().box();
      double slack = 0.15 * Math.max(copy.width(), copy.height());
      if (a.get(i).getValue().similarity(b.get(i).getValue()) < minSimilarity
          || Math.abs(own.center().x() * factor - copy.center().x()) > slack
          || Math.abs(own.center().y() * factor - copy.center().y()) > slack) {
        return false;
      }
    }
    return true;
  }

  /** The people that one of the user's words is about, for a list of places. */
  static Set<Integer> indices(
      List<Place> said, Map<String, List<Integer>> byPhoto, List<Place> all) {
    Set<Integer> found = new LinkedHashSet<>();
    for (Place place : said) {
      byPhoto.getOrDefault(place.photo(), List.of()).stream()
          .filter(i -> all.get(i).isSame(place))
          .max(Comparator.comparingDouble(i -> all.get(i).box().intersectionOverUnion(place.box())))
          .ifPresent(found::add);
    }
    return found;
  }

  @Override
  public String toString() {
    return "album of "
        + people.size()
        + " people, "
        + people.stream().mapToInt(person -> person.faces().size()).sum()
        + " faces";
  }
}
