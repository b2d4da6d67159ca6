package io.facepipeline.cli.stages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnyTurnOptionTest {
  @TempDir Path folder;

  /** A detector that sees faces upside down, though less surely, is not content with that. */
  @ParameterizedTest
  @ValueSource(strings = {"mtcnn-default", "scan-default"})
  void aPhotoUpsideDownIsTurned(String detector) throws IOException {
    Image photo = Image.read(SharedData.album("groups/group_1.jpg"));
    byte[] upright = photo.toRgb();
    byte[] turned = new byte[upright.length];
    for (int i = 0; i < upright.length; i++) {
      turned[upright.length - 3 - i / 3 * 3 + i % 3] = upright[i];
    }
    Path file = folder.resolve("turned.png");
    Image.ofRgb(photo.width(), photo.height(), turned).writePng(file);
    Path out = folder.resolve("faces.json");
    CommandRun run =
        CommandRun.with(
            new ModelStages(), "detect", "--any-turn", "--detector", detector, "--json", out, file);
    assertEquals(0, run.exitCode(), run.err());
    JsonArray faces =
        JsonParser.parseString(Files.readString(out))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("faces");
    assertEquals(4, faces.size());
    for (JsonElement face : faces) {
      assertTrue(face.getAsJsonObject().get("score").getAsFloat() > 0.9f, faces.toString());
    }
  }
}
