package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs say of the sample album. */
class ExamplesTest {
  /** A line such as {@code ada 0.81 at [412,80 96x121]}. */
  private static final Pattern NAMED =
      Pattern.compile("(\\w+) (-?\\d\\.\\d\\d) at \\[(\\d+),\\d+ \\d+x\\d+]");

  @TempDir Path folder;

  /** Who is named, from the left to the right. */
  private static List<String> names(List<String> lines) {
    return lines.stream()
        .map(NAMED::matcher)
        .filter(Matcher::matches)
        .sorted((a, b) -> Integer.parseInt(a.group(3)) - Integer.parseInt(b.group(3)))
        .map(line -> line.group(1))
        .toList();
  }

  @Test
  void nameFacesKnowsEverybodyButTheStranger() throws Exception {
    assertEquals(List.of("ada", "bao", "chidi", "unknown"), names(Said.by(NameFaces::main)));
    List<String> others =
        Said.by(
            NameFaces::main,
            SharedData.album("people").toString(),
            SharedData.album("groups/group_4.jpg").toString());
    assertEquals(List.of("chidi", "fatima"), names(others));
  }

  @Test
  void nameFacesSaysWhichPhotosItCouldNotUse() throws Exception {
    Path people = Files.createDirectories(folder.resolve("people/ada"));
    Files.copy(SharedData.album("people/ada/ada_1.jpg"), people.resolve("ada.jpg"));
    Files.copy(SharedData.album("groups/nobody.jpg"), people.resolve("wall.jpg"));
    List<String> said =
        Said.by(
            NameFaces::main,
            folder.resolve("people").toString(),
            SharedData.album("groups/group_1.jpg").toString());
    assertTrue(said.get(0).contains("wall.jpg: FaceCountException: no face"), said.toString());
    assertEquals(List.of("ada", "unknown", "unknown", "unknown"), names(said));
  }

  @Test
  void verifyPhotosTellsAdaFromBao() throws Exception {
    List<String> said = Said.by(VerifyPhotos::main);
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).contains("ada_2.jpg: same person: similarity 0."), said.toString());
    assertTrue(said.get(1).contains("bao_1.jpg: different people: "), said.toString());
  }

  @Test
  void trainSvmReportsAndNamesAndSaves() throws Exception {
    Path file = folder.resolve("people.svm");
    List<String> said =
        Said.by(
            TrainSvm::main,
            SharedData.album("people").toString(),
            SharedData.album("groups/group_3.jpg").toString(),
            file.toString());
    assertTrue(said.get(0).startsWith("svm of 8 people by compact-default"), said.get(0));
    assertTrue(
        said.contains("cross-validated in 4 folds: 32 of 32 photos correct, accuracy 1.0000"),
        said.toString());
    assertEquals(List.of("unknown", "hana", "ada", "goro", "bao", "emil"), names(said));
    assertTrue(Files.size(file) > 0);
  }

  @Test
  void keepGalleryKeepsItForTheNextRun() throws Exception {
    String gallery = folder.resolve("gallery").toString();
    List<String> said = Said.by(KeepGallery::main, gallery);
    assertEquals("known before: []", said.get(0));
    assertEquals("known after: [ada, bao]", said.get(1));
    assertEquals(List.of("ada", "bao", "unknown", "unknown"), names(said));
    String kept = "GalleryPerson[label=ada, metadata={team=engines}, faces=1]";
    assertEquals("kept: [" + kept + "]", said.get(said.size() - 1));

    List<String> again = Said.by(KeepGallery::main, gallery);
    assertEquals("known before: [ada]", again.get(0));
    assertEquals("kept: [" + kept + "]", again.get(again.size() - 1));
  }

  @Test
  void clusterAlbumPutsEachPersonIntoOneCluster() throws Exception {
    List<String> said = Said.by(ClusterAlbum::main);
    assertEquals("seen once: []", said.get(said.size() - 1));
    List<String> people = said.stream().filter(line -> line.startsWith("person ")).toList();
    assertEquals(10, people.size(), said.toString()); // eight who are known, and two strangers
    for (String name : List.of("ada", "bao", "chidi", "dalia", "emil", "fatima", "goro", "hana")) {
      List<String> with = people.stream().filter(line -> line.contains(name)).toList();
      assertEquals(1, with.size(), name + ": " + said);
      Set<String> portraits =
          Stream.of(with.get(0).split("[\\[,\\] ]+"))
              .filter(photo -> photo.endsWith(".jpg") && !photo.startsWith("group"))
              .collect(Collectors.toSet());
      assertEquals(
          Set.of(name + "_1.jpg", name + "_2.jpg", name + "_3.jpg", name + "_4.jpg"), portraits);
    }
    assertTrue(said.stream().anyMatch(line -> line.endsWith(": [group_1.jpg, group_5.jpg]")));
    assertTrue(said.stream().anyMatch(line -> line.endsWith(": [group_3.jpg, group_5.jpg]")));
  }

  @Test
  void ownBackboneNamesTheirFaces() throws Exception {
    assertEquals(
        List.of("unknown", "hana", "ada", "goro", "bao", "emil"),
        names(Said.by(OwnBackbone::main)));
  }

  @Test
  void ownDetectorFindsAllSix() throws Exception {
    List<String> said = Said.by(OwnDetector::main);
    assertEquals(6, said.size(), said.toString());
    assertTrue(
        said.get(0).matches("\\[11\\d\\d,3\\d\\d \\d+x\\d+] nose Point\\[x=11.*"), said.get(0));
  }

  @Test
  void ownAttributeTellsWhereTheLightComesFrom() throws Exception {
    List<String> said = Said.by(OwnAttribute::main);
    assertEquals(4, said.size(), said.toString());
    // Bao's right cheek is the dark one, Chidi's the left.
    assertTrue(
        said.stream().anyMatch(line -> line.matches("\\[43\\d,.*\\[light: left 0.[78]\\d]")),
        said.toString());
    assertTrue(
        said.stream().anyMatch(line -> line.matches("\\[75\\d,.*\\[light: right 0.[89]\\d]")),
        said.toString());
  }

  @Test
  void followFacesNamesWhoeverTheCameraPassed() throws Exception {
    Pattern track = Pattern.compile("frames (\\d+) to (\\d+): (\\w+) -?\\d\\.\\d\\d");
    List<String> said = Said.by(FollowFaces::main);
    List<String> names = new ArrayList<>();
    int first = 0;
    for (String line : said) {
      Matcher matcher = track.matcher(line);
      assertTrue(matcher.matches(), line);
      assertTrue(Integer.parseInt(matcher.group(1)) >= first, said.toString());
      first = Integer.parseInt(matcher.group(1));
      names.add(matcher.group(3));
    }
    assertEquals(List.of("ada", "bao", "chidi", "unknown"), names); // as they come into view
  }

  @Test
  void followFacesTakesAVideo() throws Exception {
    List<String> said =
        Said.by(
            FollowFaces::main,
            SampleAlbum.video().toString(),
            SharedData.album("people").toString());
    assertEquals(4, said.size(), said.toString());
  }
}
