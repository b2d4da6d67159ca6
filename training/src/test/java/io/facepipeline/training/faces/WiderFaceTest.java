package io.facepipeline.training.faces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiderFaceTest {
  @TempDir Path folder;

  private Path list;

  @BeforeEach
  void publish() throws IOException {
    for (String name : List.of("0--Parade/a.jpg", "0--Parade/b.jpg", "1--Handshaking/c.jpg")) {
      Path file = folder.resolve("WIDER_train/images").resolve(name);
      Files.createDirectories(file.getParent());
      Image.ofGrey(8, 8, new byte[64]).writeJpeg(file, 0.9f);
    }
    list = folder.resolve("wider_face_split/wider_face_train_bbx_gt.txt");
    Files.createDirectories(list.getParent());
    Files.write(
        list,
        List.of(
            "0--Parade/a.jpg",
            "3",
            "1 2 3 4 0 0 0 0 0 0 ",
            "5 5 2 2 0 0 0 1 0 0 ",
            "6 6 1 1 0 0 0 0 2 0 ",
            "0--Parade/absent.jpg",
            "1",
            "0 0 1 1 0 0 0 0 0 0 ",
            "0--Parade/b.jpg",
            "0",
            "0 0 0 0 0 0 0 0 0 0 "));
  }

  @Test
  void readsThePhotosThatAreThere() {
    List<LabelledPhoto> photos = WiderFace.read(folder);
    assertEquals(3, photos.size());
    LabelledPhoto first = photos.get(0);
    assertEquals(new LabelledFace(new Box(1, 2, 4, 6), null, false), first.faces().get(0));
    assertTrue(first.faces().get(1).ignored(), "invalid");
    assertTrue(first.faces().get(2).ignored(), "hidden");
    assertTrue(first.complete());
    assertEquals(List.of(), photos.get(1).faces());
    assertTrue(photos.get(1).complete());
    assertFalse(photos.get(2).complete(), "not in the list");
  }

  @Test
  void ofTwoCopiesTheMarkedOneStays() {
    List<LabelledPhoto> wider = WiderFace.read(folder);
    List<LabelledFace> marked = List.of(new LabelledFace(new Box(0, 0, 4, 4), null, false));
    LabelledPhoto smallA = new LabelledPhoto(Path.of("0_Parade__a.jpg"), "wider", marked, true);
    LabelledPhoto smallC = new LabelledPhoto(Path.of("1_Hand__c.jpg"), "wider", marked, true);
    LabelledPhoto other = new LabelledPhoto(Path.of("other.jpg"), "fddb", marked, true);
    List<LabelledPhoto> all = new ArrayList<>(List.of(smallA, smallC, other));
    WiderFace.add(wider, all);
    assertEquals(List.of(smallC, other, wider.get(0), wider.get(1)), all);
  }

  @Test
  void namesTheLineThatCannotBeRead() throws IOException {
    Files.write(list, List.of("0--Parade/a.jpg", "2", "1 2 3 4 0 0 0 0 0 0"));
    FacePipelineException cut =
        assertThrows(FacePipelineException.class, () -> WiderFace.read(folder));
    assertTrue(String.valueOf(cut.getMessage()).contains("line 4"), cut::getMessage);
    Files.write(list, List.of("0--Parade/a.jpg", "1", "1 2 three 4 0 0 0 0 0 0"));
    FacePipelineException wrong =
        assertThrows(FacePipelineException.class, () -> WiderFace.read(folder));
    assertTrue(String.valueOf(wrong.getMessage()).contains("line 3"), wrong::getMessage);
    Files.delete(list);
    assertThrows(FacePipelineException.class, () -> WiderFace.read(folder));
  }
}
