package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whom the defaults take for the person of a photo, and which photos they refuse. */
class LargePortraitsTest {
  /** In two of these the detector sees another small face, in lace and in cloth. */
  @Test
  void aLargePortraitIsOfOnePersonWhateverIsSeenInItsPatterns() {
    try (FacePipeline faces = FacePipeline.create()) {
      int others = 0;
      for (String name : List.of("angelina_jolie", "kate_siegel", "paul_rudd", "shea_whigham")) {
        Image photo = Image.read(SharedData.path("data/photos/" + name + ".jpg"));
        FaceSelection.Selected enrolled = faces.enroll(name, photo);
        Box box = enrolled.face().box();
        assertTrue(box.width() > photo.width() / 5f, name + ": " + enrolled);
        assertTrue(faces.verify(photo, photo).same());
        assertEquals(name, faces.identify(photo).get(0).label());
        others += enrolled.others().size();
      }
      assertTrue(others > 0, "nothing was passed over");
      Image group = Image.read(SharedData.path("data/photos/multiface.jpg"));
      assertThrows(FaceCountException.class, () -> faces.enroll("group", group));
    }
  }

  @Test
  void thePhotosOfTheAlbumsPeopleAreEnrolledAndItsGroupsAreNot() throws IOException {
    try (FacePipeline faces = FacePipeline.create()) {
      List<ImageSource> people = photos("people");
      assertEquals(32, people.size());
      for (Outcome<FaceSelection.Selected> outcome : faces.enrollAll("somebody", people)) {
        assertTrue(outcome.isPresent(), outcome.toString());
      }
      for (Outcome<FaceSelection.Selected> outcome : faces.enrollAll("group", photos("groups"))) {
        assertTrue(outcome.error().orElseThrow() instanceof FaceCountException, outcome.toString());
      }
      assertEquals(List.of("somebody"), faces.gallery().labels());
    }
  }

  @Test
  void createTakesASelection() {
    Image group = Image.read(SharedData.album("groups/group_1.jpg"));
    try (FacePipeline faces = FacePipeline.builder().selection(FaceSelection.largest()).build()) {
      FaceSelection.Selected enrolled = faces.enroll("the largest", group);
      assertEquals(faces.detect(group).get(0), enrolled.face());
      assertEquals(faces.detect(group).size() - 1, enrolled.others().size());
      assertEquals(enrolled.face(), faces.verify(group, group).first());
    }
  }

  private static List<ImageSource> photos(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(SharedData.album(folder))) {
      return files
          .filter(file -> file.toString().endsWith(".jpg"))
          .sorted()
          .map(ImageSource::of)
          .toList();
    }
  }
}
