package io.facepipeline.evaluation.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FacePairTest {
  @TempDir Path folder;

  @Test
  void readsFoldsOfBothKinds() throws IOException {
    photo("ada/ada_0001.jpg");
    photo("bao/bao_0012.png");

    List<FacePair> pairs = read("2\t1\nada\t1\t2\nada\t1\tbao\t12\nbao\t12\t3\nbao\t12\tada\t1\n");

    assertEquals(4, pairs.size());
    assertEquals(folder.resolve("ada/ada_0001.jpg"), pairs.get(0).first().file());
    assertEquals(folder.resolve("ada/ada_0002.jpg"), pairs.get(0).second().file());
    assertTrue(pairs.get(0).same());
    assertEquals("bao", pairs.get(1).second().person());
    assertEquals(folder.resolve("bao/bao_0012.png"), pairs.get(1).second().file());
    assertEquals(List.of(0, 0, 1, 1), pairs.stream().map(FacePair::fold).toList());
    assertEquals(List.of(true, false, true, false), pairs.stream().map(FacePair::same).toList());
  }

  @Test
  void aHeaderOfOneNumberMeansOneFold() throws IOException {
    photo("ada/ada_0001.jpg");

    assertEquals(2, read("1\nada\t1\t2\nada\t1\tbao\t12\n").size());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'line 1'",
    "'ten 300', 'line 1'",
    "'1 1 1', 'line 1'",
    "'1 1;ada 1 2', 'line 1'",
    "'1 1;ada 1;ada 1 bao 2', 'line 2'",
    "'1 1;ada 1 2;ada 1 2', 'line 3'",
    "'1 1;ada one 2;ada 1 bao 2', 'line 2'",
  })
  void aMalformedFileIsNamedWithItsLine(String text, String line) {
    String message =
        assertThrows(FacePipelineException.class, () -> read(text.replace(';', '\n'))).getMessage();

    assertTrue(message.contains(line) && message.contains("pairs.txt"), message);
  }

  @Test
  void photosThatAreAllMissingMeanAWrongFolder() {
    String message =
        assertThrows(FacePipelineException.class, () -> read("1 1\nada 1 2\nada 1 bao 2\n"))
            .getMessage();

    assertTrue(message.contains("none of the photos"), message);
  }

  @Test
  void drawnPairsAreBalancedSeededAndOfDisjointPeople() {
    Map<String, List<Path>> people = people(9, 4);

    List<FacePair> pairs = FacePair.drawn(people, 30, 3, 5);

    assertEquals(60, new HashSet<>(pairs).size());
    assertEquals(30, pairs.stream().filter(FacePair::same).count());
    Map<String, Set<Integer>> folds = new TreeMap<>();
    for (FacePair pair : pairs) {
      assertEquals(pair.same(), pair.first().person().equals(pair.second().person()));
      assertNotEquals(pair.first().file(), pair.second().file());
      for (FacePair.PersonPhoto photo : List.of(pair.first(), pair.second())) {
        folds.computeIfAbsent(photo.person(), p -> new HashSet<>()).add(pair.fold());
      }
    }
    folds.forEach((person, of) -> assertEquals(1, of.size(), person));
    assertEquals(pairs, FacePair.drawn(people, 30, 3, 5));
    assertNotEquals(pairs, FacePair.drawn(people, 30, 3, 6));
  }

  @Test
  void asManyAreDrawnAsThereAre() {
    // Two people with two photos each in a fold: two genuine pairs, four of different people.
    List<FacePair> pairs = FacePair.drawn(people(4, 2), 1000, 2, 1);

    assertEquals(4, pairs.stream().filter(FacePair::same).count());
    assertEquals(4, pairs.stream().filter(pair -> !pair.same()).count());
  }

  @Test
  void tooFewPeopleOrPhotosAreSaidSo() {
    assertThrows(IllegalArgumentException.class, () -> FacePair.drawn(people(5, 4), 10, 3, 1));
    assertThrows(IllegalArgumentException.class, () -> FacePair.drawn(people(6, 1), 10, 3, 1));
    assertThrows(IllegalArgumentException.class, () -> FacePair.drawn(people(6, 4), 10, 1, 1));
  }

  @Test
  void theSharedPairsAreFiveFoldsOfPhotosThatAreThere() {
    List<FacePair> pairs =
        FacePair.lfw(SharedData.path("data/lfw/pairs.txt"), SharedData.path("data/lfw/images"));

    assertEquals(3000, pairs.size());
    Set<Path> files = new HashSet<>();
    for (FacePair pair : pairs) {
      files.add(pair.first().file());
      files.add(pair.second().file());
    }
    assertEquals(3811, files.size());
    assertTrue(files.stream().allMatch(Files::exists));
  }

  private List<FacePair> read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("pairs.txt"), text);
    return FacePair.lfw(file, folder);
  }

  private void photo(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "not decoded here");
  }

  private static Map<String, List<Path>> people(int count, int photos) {
    Map<String, List<Path>> people = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      List<Path> files = new ArrayList<>();
      for (int k = 0; k < photos; k++) {
        files.add(Path.of("p" + i, k + ".jpg"));
      }
      people.put("p" + i, files);
    }
    return people;
  }
}
