package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  /** As with a poster on the wall, or a pattern of lace in which a detector sees a face. */
  @Test
  void aLargePortraitIsOfOnePersonWhateverSmallFaceIsBesideIt() {
    Image small = Image.read(SharedData.path("data/photos/Anthony_Hopkins_0001.jpg"));
    try (FacePipeline faces = FacePipeline.create()) {
      for (String name : List.of("angelina_jolie", "kate_siegel", "paul_rudd", "shea_whigham")) {
        Image portrait = Image.read(SharedData.path("data/photos/" + name + ".jpg"));
        Image photo = withCorner(portrait, small.resized(125, 125));
        FaceSelection.Selected enrolled = faces.enroll(name, photo);
        Box box = enrolled.face().box();
        assertTrue(box.width() > photo.width() / 6f, name + ": " + enrolled);
        assertTrue(faces.verify(photo, photo).same());
        assertTrue(
            faces.identify(photo).stream().anyMatch(face -> face.label().equals(name)), name);
        assertFalse(enrolled.others().isEmpty(), "nothing was passed over");
      }
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

  /** A photo with a smaller one in its upper left corner. */
  private static Image withCorner(Image photo, Image corner) {
    byte[] rgb = photo.toRgb();
    for (int y = 0; y < corner.height(); y++) {
      corner.copyRow(y, rgb, 3 * y * photo.width());
    }
    return Image.ofRgb(photo.width(), photo.height(), rgb);
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
