package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GalleryCommandTest {
  private static final int WRONG_USAGE = 2;
  private static final int FAILED_INPUTS = 1;

  @TempDir Path folder;

  private CommandRun gallery(String command, Object... more) {
    Object[] args = new Object[more.length + 4];
    args[0] = "gallery";
    args[1] = command;
    args[2] = "--gallery";
    args[3] = folder.resolve("kept");
    System.arraycopy(more, 0, args, 4, more.length);
    return CommandRun.of(args);
  }

  private CommandRun done(String command, Object... more) {
    CommandRun run = gallery(command, more);
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private static Path photo(String file) {
    return SharedData.album(file);
  }

  private static JsonElement json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file));
  }

  @Test
  void peopleAreKeptFoundAndForgotten() throws IOException {
    Path out = folder.resolve("out.json");
    done("add", "--people", photo("people"), "--json", out);
    assertEquals(8, json(out).getAsJsonArray().size());
    done("add", "--label", "ada", "--replace", "--note", "team=a", photo("people/ada/ada_1.jpg"));

    done("list", "--faces", "--json", out);
    JsonObject ada = person(json(out).getAsJsonArray(), "ada");
    assertEquals(1, ada.get("faces").getAsInt());
    assertEquals("a", ada.getAsJsonObject("metadata").get("team").getAsString());

    CommandRun search = done("search", "--top", "2", "--json", out, photo("people/ada/ada_3.jpg"));
    assertTrue(search.out().contains("ada"), search.out());
    JsonObject face =
        json(out)
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("faces")
            .get(0)
            .getAsJsonObject();
    assertEquals(2, face.getAsJsonArray("candidates").size());
    assertEquals(
        "ada",
        face.getAsJsonArray("candidates").get(0).getAsJsonObject().get("label").getAsString());

    CommandRun identify =
        CommandRun.of(
            "identify", "--gallery", folder.resolve("kept"), photo("people/ada/ada_3.jpg"));
    assertEquals(0, identify.exitCode(), identify.err());
    assertTrue(identify.out().contains("1 named"), identify.out());

    done("remove", "ada", "--json", out);
    assertEquals(1, json(out).getAsJsonObject().get("removed").getAsInt());
    CommandRun again = gallery("remove", "ada");
    assertEquals(FAILED_INPUTS, again.exitCode());
    assertTrue(again.err().contains("ada: not enrolled"), again.err());

    done("stats", "--json", out);
    assertEquals(7, json(out).getAsJsonObject().get("people").getAsInt());
    assertTrue(json(out).getAsJsonObject().get("bytesReclaimable").getAsLong() > 0);
    done("compact", "--json", out);
    JsonObject sizes = json(out).getAsJsonObject();
    assertTrue(sizes.get("bytesAfter").getAsLong() < sizes.get("bytesBefore").getAsLong());
  }

  private static JsonObject person(JsonArray people, String label) {
    for (JsonElement person : people) {
      if (person.getAsJsonObject().get("label").getAsString().equals(label)) {
        return person.getAsJsonObject();
      }
    }
    throw new AssertionError(label + " is not in " + people);
  }

  @ParameterizedTest
  @ValueSource(strings = {"faces.csv", "faces.npz"})
  void aGalleryMovesByFile(String name) throws IOException {
    Path file = folder.resolve(name);
    Path out = folder.resolve("out.json");
    done("add", "--people", photo("people"));
    done("export", file);
    Path other = folder.resolve("other");
    CommandRun run = CommandRun.of("gallery", "import", "--gallery", other, file, "--json", out);
    assertEquals(0, run.exitCode(), run.err());
    long imported = json(out).getAsJsonObject().get("imported").getAsLong();
    done("stats", "--json", out);
    assertEquals(imported, json(out).getAsJsonObject().get("faces").getAsLong());
  }

  @Test
  void aPhotoThatCannotBeUsedIsNamed() {
    CommandRun run =
        gallery("add", "--label", "x", photo("groups/nobody.jpg"), photo("people/ada/ada_1.jpg"));
    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(run.err().contains("nobody.jpg"), run.err());
    assertTrue(done("list").out().contains("1 face"));
    CommandRun search = gallery("search", folder.resolve("absent.jpg"));
    assertEquals(FAILED_INPUTS, search.exitCode());
    assertTrue(search.err().contains("absent.jpg"), search.err());
  }

  /** Both models are inside the program, so that the second could be forgotten. */
  @ParameterizedTest
  @ValueSource(strings = {"identify", "gallery search", "track", "gallery add --label hana"})
  void theEmbedderAndMirroringAreThoseOfTheGallery(String command) throws IOException {
    Path kept = folder.resolve("kept");
    Path frames = Files.createDirectories(folder.resolve("frames"));
    Files.copy(photo("people/ada/ada_3.jpg"), frames.resolve("1.jpg"));
    CommandRun made =
        CommandRun.with(
            new ModelStages(),
            "gallery",
            "add",
            "--mirror",
            "--gallery",
            kept,
            "--label",
            "ada",
            photo("people/ada/ada_1.jpg"));
    assertEquals(0, made.exitCode(), made.err());

    List<Object> args = new ArrayList<>(List.of((Object[]) command.split(" ", -1)));
    args.addAll(List.of("--gallery", kept, frames));
    CommandRun run = CommandRun.with(new ModelStages(), args.toArray());

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains(command.contains("hana") ? "hana" : "ada"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"identify", "gallery search", "gallery add --label hana"})
  void anotherEmbedderThanTheGallerysIsRefused(String command) {
    Path kept = folder.resolve("kept");
    done("add", "--label", "ada", photo("people/ada/ada_1.jpg"));

    List<Object> args = new ArrayList<>(List.of((Object[]) command.split(" ", -1)));
    args.addAll(
        List.of("--embedder", "compact-default", "--gallery", kept, photo("people/ada/ada_3.jpg")));
    CommandRun run = CommandRun.with(new ModelStages(), args.toArray());

    assertEquals(WRONG_USAGE, run.exitCode(), run.out());
    assertTrue(run.err().contains("by-heart@"), run.err());
    assertTrue(run.err().contains("compact-default@"), run.err());
    assertTrue(!done("list").out().contains("hana"));
  }

  @Test
  void wrongUsageNamesTheHelpOfTheActionThatWasCalled() {
    assertTrue(gallery("remove").err().contains("'facepipeline gallery remove --help'"));
    assertTrue(CommandRun.of("gallery").err().contains("'facepipeline gallery --help'"));
  }

  @Test
  void anEmbedderThatCannotBeFoundByItsNameIsAskedFor() {
    done("add", "--label", "ada", photo("people/ada/ada_1.jpg"));
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "identify",
            "--gallery",
            folder.resolve("kept"),
            photo("people/ada/ada_3.jpg"));

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("by-heart"), run.err());
    assertTrue(run.err().contains("--embedder"), run.err());
  }

  @Test
  void whatIsDamagedIsRefusedAndLeftOutIfAskedFor() throws IOException {
    done("add", "--people", photo("people"));
    Path log;
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      // The log is all but a few bytes of a gallery.
      log = files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(log);
    bytes[bytes.length / 2] ^= 1;
    Files.write(log, bytes);

    for (String command : List.of("list", "stats")) {
      CommandRun refused = gallery(command);
      assertEquals(WRONG_USAGE, refused.exitCode(), refused.err());
      assertTrue(refused.err().contains("--salvage"), refused.err());
    }
    CommandRun salvaged = done("list", "--salvage");
    assertEquals(7, salvaged.out().lines().count(), salvaged.out());
    assertTrue(salvaged.err().contains("recovered"), salvaged.err());
    assertEquals(7, done("list").out().lines().count());
  }

  @Test
  void commandsSpeakOfTheCommandLine() {
    CommandRun none = gallery("list");
    assertTrue(none.err().contains("'gallery add' creates one"), none.err());
    CommandRun file = gallery("import", folder.resolve("absent.csv"));
    assertTrue(file.err().contains("absent.csv"), file.err());
    assertTrue(!file.err().contains("Exception"), file.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gallery",
        "gallery add",
        "gallery list",
        "gallery add --gallery DIR",
        "gallery add --gallery DIR --label x",
        "gallery add --gallery DIR --people p --label x",
        "gallery remove --gallery DIR",
        "gallery list --gallery DIR",
        "gallery search --gallery DIR",
        "gallery export --gallery DIR a.txt",
        "identify --gallery DIR",
        "identify --gallery DIR --people DIR"
      })
  void wrongUsageIsExplained(String line) {
    CommandRun run =
        CommandRun.of((Object[]) line.replace("DIR", folder + "/absent").split(" ", -1));
    assertEquals(WRONG_USAGE, run.exitCode(), run.err());
    assertTrue(!run.err().isBlank());
  }
}
