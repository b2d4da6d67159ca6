package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.classify.cluster.FaceAlbum;
import io.facepipeline.cli.output.PhotoResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaceGroupTest {
  /** Whatever people are called, each has a folder of their own, below that of all. */
  @Test
  void eachPersonHasAFolderOfTheirOwn() {
    assertEquals(
        List.of("ada", "ada-3", "ada-3-3", "Alone-4", "person_006", "person_006-6", "__etc"),
        folders("ada", "ada-3", "ada", "Alone", "person_006", null, "../etc"));
  }

  private static List<String> folders(String... names) {
    List<FaceAlbum.Person> people = new ArrayList<>();
    List<FaceGroup.Found> found = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      Box box = new Box(0, 0, 10 + i, 10);
      Face face = new Face(box, Landmarks.of(1, 1, 2, 1, 1.5f, 2, 1, 3, 2, 3), 1);
      FaceGroup.Found one =
          new FaceGroup.Found(
              Path.of("photo_" + i + ".jpg"),
              new PhotoResult.FaceResult(face),
              Embedding.of("made-up", new float[] {1, i}),
              Image.ofRgb(1, 1, new byte[3]));
      found.add(one);
      people.add(new FaceAlbum.Person(i + 1, names[i], List.of(one.place())));
    }
    FaceAlbum album = new FaceAlbum(names.length, people, List.of(), List.of());
    return FaceGroup.of(album, found).stream().map(FaceGroup::name).toList();
  }
}
