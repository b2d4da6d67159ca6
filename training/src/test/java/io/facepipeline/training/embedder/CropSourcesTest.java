package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which crops a training reads. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class CropSourcesTest extends EmbedderFixture {
  @Test
  void whoIsHeldOutIsInNoSource(@TempDir Path folder) throws IOException {
    Path crops = folder.resolve("crops");
    for (String person : List.of("ada", "bob")) {
      picture(1).writePng(Files.createDirectories(crops.resolve(person)).resolve("1.png"));
    }
    int side = CropStore.USUAL.width();
    Image sheet = sheet(side);
    sheet.writePng(Files.createDirectories(folder.resolve("sheets")).resolve("s.png"));
    Path table =
        Files.writeString(
            folder.resolve("sheets.tsv"),
            "cell\tsheet\tperson\n0\ts.png\tada\n12\ts.png\t\n99\ts.png\tbob\n");
    Files.writeString(crops.resolve("ada").resolve("2.png"), "no picture");
    List<String> unreadable = new ArrayList<>();
    List<String> people = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    CropSources sources =
        new CropSources(CropStore.USUAL, Set.of("bob"), ProgressListener.NONE, unreadable::add);
    sources.crops(crops, (person, crop) -> people.add(person));
    sources.sheets(
        table,
        (person, crop) -> {
          people.add(person);
          images.add(crop);
        });
    assertEquals(List.of("ada", "ada", ""), people);
    assertEquals(1, unreadable.size());
    assertTrue(unreadable.get(0).contains("2.png"), unreadable.get(0));
    assertEquals(sheet.crop(2 * side, side, side, side), images.get(1));
  }

  private static Image sheet(int side) {
    byte[] rgb = new byte[100 * side * side * 3];
    new Random(4).nextBytes(rgb);
    return Image.ofRgb(10 * side, 10 * side, rgb);
  }
}
