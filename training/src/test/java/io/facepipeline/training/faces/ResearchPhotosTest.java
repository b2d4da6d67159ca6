package io.facepipeline.training.faces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResearchPhotosTest {
  @TempDir Path folder;

  @Test
  void lastFoldsAreKeptOutOfTheTraining() {
    ResearchPhotos photos = ResearchPhotos.read(SharedData.path("data"));
    assertEquals(480, count(photos, ResearchPhotos.WIDER));
    assertEquals(560, count(photos, ResearchPhotos.FDDB));
    assertEquals(269, photos.detection().size());
    Set<Path> training = new HashSet<>();
    Set<Path> people = new HashSet<>();
    for (LabelledPhoto photo : photos.training()) {
      training.add(photo.file());
      people.add(photo.file().getParent().getFileName());
    }
    assertTrue(people.contains(Path.of("Abel_Pacheco")), "of LFW's first fold");
    assertTrue(photos.landmarks().size() > 300);
    for (ValidationPhoto photo : photos.landmarks()) {
      assertFalse(people.contains(photo.file().getParent().getFileName()), photo::toString);
    }
    for (ValidationPhoto photo : photos.detection()) {
      assertFalse(training.contains(photo.file()), photo::toString);
    }
  }

  private static long count(ResearchPhotos photos, String source) {
    return photos.training().stream().filter(p -> p.source().equals(source)).count();
  }

  @Test
  void bothPeopleOfAPairOfTheLastFoldAreKeptOut() throws IOException {
    // Two folds of one pair of the same and one of different people.
    Path lfw = folder.resolve("lfw");
    Path images = lfw.resolve("images");
    for (String name : List.of("Ada", "Bao", "Chidi", "Dalia", "Emil", "Fay")) {
      Path person = Files.createDirectories(images.resolve(name));
      Files.createFile(person.resolve(name + "_0001.jpg"));
    }
    Files.writeString(
        lfw.resolve("pairs.txt"),
        "2\t1\nAda\t1\t2\nBao\t1\tChidi\t1\nDalia\t1\t2\nEmil\t1\tFay\t1\n");
    Files.createDirectories(folder.resolve("training"));
    Files.writeString(
        folder.resolve("training/lfw_5_points.tsv"),
        """
        file box and points
        Ada/Ada_0001.jpg 1 1 9 9 2 2 7 2 5 5 3 7 6 7
        Fay/Fay_0001.jpg 1 1 9 9 2 2 7 2 5 5 3 7 6 7
        """
            .replace(' ', '\t'));
    ResearchPhotos photos = ResearchPhotos.read(folder);
    assertEquals(
        List.of("Ada", "Bao", "Chidi"),
        photos.training().stream()
            .map(p -> p.file().getParent().getFileName().toString())
            .toList());
    assertEquals(1, photos.training().get(0).faces().size());
    assertFalse(photos.training().get(0).complete());
    assertEquals(1, photos.landmarks().size());
    assertEquals(images.resolve("Fay").resolve("Fay_0001.jpg"), photos.landmarks().get(0).file());
  }

  @Test
  void saysWhatIsMissing() {
    String message =
        assertThrows(FacePipelineException.class, () -> ResearchPhotos.read(folder)).getMessage();
    assertEquals(
        folder
            + " holds none of training/wider, fddb and lfw; give the folder above them, or your"
            + " own photos with --labels",
        message);
  }

  @Test
  void saysWhichFileIsOfAnotherForm() throws IOException {
    Path labels = folder.resolve("fddb/fddb_folds_1-3.json");
    Files.createDirectories(labels.getParent());
    Files.writeString(labels, "[{\"file\": \"a.jpg\", \"fold\": 1, \"ellipses\": 7}]");
    String message =
        assertThrows(FacePipelineException.class, () -> ResearchPhotos.read(folder)).getMessage();
    assertTrue(message.startsWith(labels + " does not hold labels of photos: "), message);
  }
}
