package io.facepipeline.classify.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.classify.cluster.FaceAlbum.Person;
import io.facepipeline.classify.cluster.FaceAlbum.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaceAlbumTest {
  private static final float THRESHOLD = 0.5f;

  /** A face in a photo, the first, second ... from the left. */
  private static Place place(String photo, int number) {
    return new Place(photo, new Box(100 * number, 10, 100 * number + 60, 80));
  }

  /** Somebody's face; people of one family are alike. */
  private static Embedding face(int person, int family, double kinship, long photo) {
    Random own = new Random(person);
    Random shared = new Random(1000 + family);
    Random noise = new Random(31L * person + photo);
    float[] vector = new float[64];
    for (int i = 0; i < vector.length; i++) {
      vector[i] =
          (float)
              (kinship * shared.nextGaussian()
                  + (1 - kinship) * own.nextGaussian()
                  + 0.25 * noise.nextGaussian());
    }
    return Embedding.of("test@1", vector);
  }

  private static Embedding face(int person, long photo) {
    return face(person, person, 0, photo);
  }

  /** Photos that show one of five people each. */
  private static Map<Place, Embedding> portraits(int first, int last) {
    Map<Place, Embedding> faces = new LinkedHashMap<>();
    for (int photo = first; photo < last; photo++) {
      faces.put(place("p" + photo + ".jpg", 0), face(photo % 5, photo));
    }
    return faces;
  }

  private static int idOf(FaceAlbum album, Place place) {
    return album.people().stream()
        .filter(person -> person.faces().contains(place))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static void assertEachFaceOnce(FaceAlbum album, Map<Place, Embedding> faces) {
    List<Place> all = album.people().stream().flatMap(p -> p.faces().stream()).toList();
    assertEquals(faces.size(), all.size());
    assertEquals(faces.keySet(), new HashSet<>(all));
    assertEquals(album.people().size(), album.people().stream().map(Person::id).distinct().count());
  }

  @Test
  void peopleAreSortedAndNumberedBySize() {
    Map<Place, Embedding> faces = portraits(0, 22);
    FaceAlbum album = FaceAlbum.empty().sorted(faces, THRESHOLD);
    assertEachFaceOnce(album, faces);
    assertEquals(List.of(1, 2, 3, 4, 5), album.people().stream().map(Person::id).toList());
    assertEquals(5, album.person(1).faces().size());
    assertEquals(4, album.person(5).faces().size());
    assertEquals(5, album.clusters(List.copyOf(faces.keySet())).count());
    assertEquals(0, FaceAlbum.empty().sorted(Map.of(), THRESHOLD).people().size());
  }

  /** Sisters who stand together in each photo are two people, however alike. */
  @Test
  void twoFacesOfOnePhotoAreNeverJoined() {
    for (double kinship : new double[] {0.5, 0.8, 0.95, 1}) {
      Map<Place, Embedding> faces = new LinkedHashMap<>();
      for (int photo = 0; photo < 8; photo++) {
        faces.put(place("both" + photo, 0), face(photo % 2, 7, kinship, photo));
        faces.put(place("both" + photo, 1), face(1 - photo % 2, 7, kinship, photo));
        faces.put(place("one" + photo, 0), face(photo % 2, 7, kinship, 100 + photo));
      }
      FaceAlbum album = FaceAlbum.empty().sorted(faces, THRESHOLD);
      assertEachFaceOnce(album, faces);
      for (Person person : album.people()) {
        Set<String> photos = new HashSet<>();
        for (Place face : person.faces()) {
          assertTrue(photos.add(face.photo()), kinship + ": " + person);
        }
      }
    }
  }

  @Test
  void newPhotosJoinAndEveryoneKeepsTheirId() {
    Map<Place, Embedding> few = portraits(0, 10);
    FaceAlbum before = FaceAlbum.empty().sorted(few, THRESHOLD).named(2, "bao");
    Map<Place, Embedding> all = new LinkedHashMap<>();
    // The new ones come first, and somebody new with more photos than anybody.
    for (int photo = 0; photo < 20; photo++) {
      all.put(place("new" + photo, 0), face(77, photo));
    }
    all.putAll(portraits(0, 30));
    FaceAlbum after = before.sorted(all, THRESHOLD);
    assertEachFaceOnce(after, all);
    for (Place place : few.keySet()) {
      assertEquals(idOf(before, place), idOf(after, place), place.toString());
    }
    assertEquals("bao", after.person(2).name());
    assertEquals(6, idOf(after, place("new0", 0)));
    assertEquals(6, after.people().size());
    assertEquals(after, after.sorted(all, THRESHOLD), "the same again");
  }

  @Test
  void aPhotoThatIsGoneIsForgottenAndItsIdIsNotGivenAgain() {
    FaceAlbum before = FaceAlbum.empty().sorted(portraits(0, 10), THRESHOLD);
    Map<Place, Embedding> rest = portraits(0, 10);
    int gone = idOf(before, place("p3.jpg", 0));
    rest.keySet().removeIf(place -> idOf(before, place) == gone);
    rest.put(place("stranger.jpg", 0), face(99, 1));
    FaceAlbum after = before.sorted(rest, THRESHOLD);
    assertEachFaceOnce(after, rest);
    assertThrows(IllegalArgumentException.class, () -> after.person(gone));
    assertEquals(6, idOf(after, place("stranger.jpg", 0)));
  }

  @Test
  void whatWasMergedStaysOne() {
    Map<Place, Embedding> faces = portraits(0, 10);
    FaceAlbum album = FaceAlbum.empty().sorted(faces, THRESHOLD).named(4, "ada").merged(1, 4);
    assertEquals("ada", album.person(1).name());
    FaceAlbum again = album.sorted(portraits(0, 25), THRESHOLD);
    assertEquals(4, again.people().size());
    assertEquals(10, again.person(1).faces().size());
    // It is the user's word, not the groups before, that holds them together.
    FaceAlbum afresh =
        new FaceAlbum(album.lastId(), List.of(), album.together(), album.apart())
            .sorted(portraits(0, 25), THRESHOLD);
    assertEquals(4, afresh.people().size());
  }

  @Test
  void whatWasTakenOutNeverComesBack() {
    Map<Place, Embedding> faces = portraits(0, 20);
    FaceAlbum before = FaceAlbum.empty().sorted(faces, THRESHOLD);
    Place out = place("p5.jpg", 0);
    int person = idOf(before, out);
    FaceAlbum album = before.without(person, List.of(out));
    assertEquals(6, idOf(album, out));
    FaceAlbum again = album.sorted(portraits(0, 40), THRESHOLD);
    assertFalse(
        again.person(person).faces().contains(out), again.person(person).faces().toString());
    assertEquals(idOf(again, place("p0.jpg", 0)), person);
    // A detector that places the face a little elsewhere changes nothing.
    Map<Place, Embedding> moved = new LinkedHashMap<>();
    portraits(0, 40)
        .forEach(
            (place, embedding) ->
                moved.put(new Place(place.photo(), new Box(3, 14, 64, 82)), embedding));
    FaceAlbum shifted = again.sorted(moved, THRESHOLD);
    assertEquals(
        again.people().stream().map(p -> p.faces().size()).toList(),
        shifted.people().stream().map(p -> p.faces().size()).toList());
    // Until the user says otherwise.
    FaceAlbum undone = again.merged(person, idOf(again, out)).sorted(faces, THRESHOLD);
    assertEquals(person, idOf(undone, out));
  }

  @Test
  void theUsersWordBeatsThePhoto() {
    Map<Place, Embedding> faces = portraits(0, 10);
    faces.put(place("mirror.jpg", 0), face(0, 200));
    faces.put(place("mirror.jpg", 1), face(0, 201));
    FaceAlbum album = FaceAlbum.empty().sorted(faces, THRESHOLD);
    int one = idOf(album, place("mirror.jpg", 0));
    int other = idOf(album, place("mirror.jpg", 1));
    assertTrue(one != other);
    FaceAlbum again = album.merged(one, other).sorted(faces, THRESHOLD);
    assertEquals(one, idOf(again, place("mirror.jpg", 1)));
    assertEquals(one, idOf(again, place("mirror.jpg", 0)));
  }

  /** Each was alone, and then somebody came who is like both. */
  @Test
  void peopleOfDifferentNamesAreNotJoined() {
    Map<Place, Embedding> faces = new LinkedHashMap<>();
    faces.put(place("a", 0), face(1, 9, 0.35, 1));
    faces.put(place("b", 0), face(2, 9, 0.35, 2));
    FaceAlbum album = FaceAlbum.empty().sorted(faces, 0.9f);
    assertEquals(2, album.people().size());
    assertEquals(1, album.sorted(faces, -1).people().size());
    assertEquals(2, album.named(1, "ada").named(2, "bao").sorted(faces, -1).people().size());
  }

  @Test
  void aDoubtfulFaceStaysAlone() {
    Map<Place, Embedding> faces = portraits(0, 20);
    float[] between = new float[64];
    for (int photo = 0; photo < 20; photo += 5) {
      float[] a = face(0, photo).toArray();
      float[] b = face(1, photo + 1).toArray();
      for (int i = 0; i < between.length; i++) {
        between[i] += a[i] + b[i];
      }
    }
    Place doubtful = place("doubtful.jpg", 0);
    faces.put(doubtful, Embedding.of("test@1", between));
    FaceAlbum album = FaceAlbum.empty().sorted(faces, THRESHOLD);
    assertEquals(List.of(doubtful), album.person(idOf(album, doubtful)).faces());
    assertEquals(6, album.people().size());
  }

  @Test
  void copiesOfAPhotoAreFound() {
    Map<Place, Embedding> faces = portraits(0, 10);
    Embedding left = face(1, 50);
    Embedding right = face(2, 50);
    faces.put(place("group.jpg", 0), left);
    faces.put(place("group.jpg", 2), right);
    faces.put(new Place("small.jpg", new Box(0, 5, 30, 40)), left);
    faces.put(new Place("small.jpg", new Box(100, 5, 130, 40)), right);
    faces.put(new Place("moved.jpg", new Box(0, 5, 30, 40)), left);
    faces.put(new Place("moved.jpg", new Box(40, 5, 70, 40)), right);
    faces.put(place("part.jpg", 0), left);
    assertEquals(List.of(List.of("group.jpg", "small.jpg")), FaceAlbum.duplicates(faces, 0.97f));
    assertEquals(List.of(), FaceAlbum.duplicates(Map.of(), 0.97f));
  }

  @Test
  void whatCannotBeIsRefused() {
    FaceAlbum album = FaceAlbum.empty().sorted(portraits(0, 10), THRESHOLD);
    List<Place> all = new ArrayList<>(album.person(1).faces());
    for (Runnable wrong :
        List.<Runnable>of(
            () -> album.person(6),
            () -> album.merged(1, 1),
            () -> album.merged(1, 6),
            () -> album.named(1, " "),
            () -> album.named(1, "a".repeat(256)),
            () -> album.named(1, "a\nb"),
            () -> album.without(1, List.of()),
            () -> album.without(1, all),
            () -> album.without(1, album.person(2).faces()),
            () -> album.sorted(portraits(0, 2), 2))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
    Map<Place, Embedding> mixed = portraits(0, 2);
    mixed.put(place("x", 0), Embedding.of("other@2", new float[] {1, 0}));
    assertThrows(IllegalArgumentException.class, () -> album.sorted(mixed, THRESHOLD));
  }
}
