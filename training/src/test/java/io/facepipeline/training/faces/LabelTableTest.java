package io.facepipeline.training.faces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelTableTest {
  @TempDir Path folder;

  @Test
  void readsBoxesLandmarksAndPhotosOfNobody() throws IOException {
    Path table = folder.resolve("labels.tsv");
    Files.writeString(
        table,
        """
        image x1 y1 x2 y2 ignore leye_x leye_y reye_x reye_y nose_x nose_y lmouth_x lmouth_y rmouth_x rmouth_y
        a/two.jpg 1 2 31 42.5 false 10 10 20 11 15 20 11 30 19 31
        sea.jpg
        a/two.jpg 50 2 81 42 true
        """
            .replace(' ', '\t')
            .replace("42\ttrue", "42\ttrue" + "\t".repeat(10)));
    List<LabelledPhoto> photos = LabelTable.read(table);
    assertEquals(2, photos.size());
    assertEquals(folder.resolve("a/two.jpg"), photos.get(0).file());
    assertTrue(photos.get(0).complete());
    List<LabelledFace> faces = photos.get(0).faces();
    assertEquals(
        new LabelledFace(
            new Box(1, 2, 31, 42.5f), Landmarks.of(10, 10, 20, 11, 15, 20, 11, 30, 19, 31), false),
        faces.get(0));
    assertTrue(faces.get(1).ignored());
    assertNull(faces.get(1).landmarks());
    assertTrue(photos.get(1).faces().isEmpty());
  }

  @Test
  void landmarksAreNotNeeded() throws IOException {
    Path table = folder.resolve("labels.csv");
    Files.writeString(table, "image,x1,y1,x2,y2\nme.jpg,1,2,3,4\n");
    assertEquals(
        List.of(new LabelledFace(new Box(1, 2, 3, 4), null, false)),
        LabelTable.read(table).get(0).faces());
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    Path table = folder.resolve("labels.csv");
    Files.writeString(table, "image,left,y1,x2,y2\n");
    String missing =
        assertThrows(FacePipelineException.class, () -> LabelTable.read(table)).getMessage();
    assertEquals(
        table + " has no column \"x1\"; its columns are [image, left, y1, x2, y2]", missing);
    Files.writeString(table, "image,x1,y1,x2,y2\nme.jpg,1,2,3,4\nyou.jpg,9,2,3,4\n");
    String inverted =
        assertThrows(FacePipelineException.class, () -> LabelTable.read(table)).getMessage();
    assertTrue(inverted.startsWith(table + ", row 2: a box needs finite edges"), inverted);
  }
}
