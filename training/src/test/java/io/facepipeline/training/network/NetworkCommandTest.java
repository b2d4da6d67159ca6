package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.attributes.ImageClassifier;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command on pictures that the test draws, on the sample album and on real photos. */
@ExtendWith(TorchScope.class)
class NetworkCommandTest extends NetworkFixture {
  @Test
  void learnsFromScratchAndLeavesOutWhatCannotBeUsed() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 12);
    Path test = DrawnClasses.into(folder.resolve("test"), 3);
    Files.writeString(photos.resolve("rings").resolve("broken.jpg"), "no picture");
    Files.writeString(photos.resolve("rings").resolve("notes.txt"), "notes");
    Files.copy(photos.resolve("rings/5.png"), photos.resolve("standing/copy.png"));
    DrawnClasses.picture("rings", 99).writePng(photos.resolve("nowhere.png"));
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            photos,
            "--test",
            test,
            "--out",
            out,
            "--side",
            24,
            "--grey",
            "--epochs",
            14,
            "--batch",
            9,
            "--rate",
            "5e-3",
            "--smoothing",
            0,
            "--id",
            "patterns");
    assertEquals(SOME_FAILED, run.exitCode(), run.err());
    assertTrue(run.out().contains("classify-image --model"), run.out());

    List<String> leftOut = Files.readAllLines(out.resolve("left-out.csv"));
    assertTrue(
        leftOut.stream().anyMatch(l -> l.contains("broken.jpg,unreadable,\"not a picture")),
        leftOut.toString());
    assertTrue(leftOut.stream().anyMatch(l -> l.contains("nowhere.png,of no class")));
    assertTrue(leftOut.stream().anyMatch(l -> l.contains("notes.txt,not a photo")));
    assertTrue(leftOut.stream().anyMatch(l -> l.contains("copy.png,duplicate")));
    assertTrue(run.err().contains("broken.jpg"), run.err());

    List<double[]> curve =
        Files.readAllLines(out.resolve("learning.csv")).stream()
            .skip(1)
            .map(l -> Arrays.stream(l.split(",", -1)).mapToDouble(Double::parseDouble).toArray())
            .toList();
    assertEquals(14, curve.size());
    double before = curve.get(0)[2];
    double after = curve.get(13)[2];
    assertTrue(after < before - 0.4, "the loss was " + before + " and is " + after);
    for (String plot : List.of("learning.png", "validation-confusion.png", "test-confusion.png")) {
      assertTrue(Image.read(out.resolve(plot)).width() > 300, plot);
    }
    JsonObject card =
        JsonParser.parseString(Files.readString(out.resolve("classifier.json"))).getAsJsonObject();
    JsonObject tested = card.getAsJsonObject("figures").getAsJsonObject("test");
    assertTrue(tested.get("accuracy").getAsDouble() >= 0.75, card.toString());
    assertEquals(
        1 + tested.get("photos").getAsInt(),
        Files.readAllLines(out.resolve("test-predictions.csv")).size());

    // What was learned serves as a start for others, here the last layer's of the same classes.
    Path again = folder.resolve("again");
    Path from = out.resolve("classifier.safetensors");
    Run second =
        run("--photos", test, "--out", again, "--from", from, "--epochs", 4, "--freeze", 4);
    assertEquals(0, second.exitCode(), second.err());
    assertTrue(Files.readString(again.resolve("classifier.json")).contains("SmallResNet-2-grey"));

    try (ImageClassifier classifier = ImageClassifier.load(out.resolve("classifier.onnx"))) {
      assertEquals(List.of("lying", "rings", "standing"), classifier.labels());
      int right = 0;
      for (int i = 0; i < 12; i++) {
        String name = classifier.labels().get(i % 3);
        Image picture = DrawnClasses.picture(name, 1000 + i);
        right += classifier.classify(picture, 1).get(0).label().equals(name) ? 1 : 0;
      }
      assertTrue(right >= 9, right + " of 12");
    }
  }

  /** Whatever was cut off, what is there is whole, and the end is the same. */
  @Test
  void continuesExactlyAndRefusesOtherSettings() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 4);
    Path whole = folder.resolve("whole");
    Path cut = folder.resolve("cut");
    Object[] settings = {
      "--photos",
      photos,
      "--side",
      16,
      "--epochs",
      4,
      "--batch",
      4,
      "--balance",
      "SAMPLING",
      "--pairing",
      0.3,
      "--augment",
      "RAND_AUGMENT",
      "--out"
    };
    assertEquals(0, run(with(settings, whole)).exitCode());
    assertEquals(0, run(with(settings, cut)).exitCode());
    assertSame(whole, cut);
    String model = Checkpoint.sha256(cut.resolve("classifier.onnx"));

    // As a run leaves it that was killed while it wrote the model and had not made the pictures.
    Files.delete(cut.resolve("classifier.onnx"));
    Path part = cut.resolve(".classifier.onnx.8d5a5bd0-1d7f-4d8e-9c11-0123456789ab.part");
    Files.writeString(part, "half");
    assertEquals(0, run(with(settings, cut)).exitCode());
    assertFalse(Files.exists(part));
    assertEquals(model, Checkpoint.sha256(cut.resolve("classifier.onnx")));
    assertSame(whole, cut);

    settings[5] = 5;
    Run other = run(with(settings, cut));
    assertEquals(2, other.exitCode());
    assertTrue(other.err().contains("length"), other.err());
    DrawnClasses.picture("rings", 77).writePng(photos.resolve("rings").resolve("new.png"));
    settings[5] = 4;
    Run more = run(with(settings, cut));
    assertEquals(2, more.exitCode());
    assertTrue(more.err().contains("photos"), more.err());
  }

  private static Object[] with(Object[] settings, Path out) {
    return Stream.concat(Arrays.stream(settings), Stream.of(out)).toArray();
  }

  private static void assertSame(Path one, Path other) throws IOException {
    assertEquals(
        Files.readString(one.resolve("learning.csv")),
        Files.readString(other.resolve("learning.csv")));
    Checkpoint expected = Checkpoint.read(one.resolve("classifier.safetensors"));
    Checkpoint found = Checkpoint.read(other.resolve("classifier.safetensors"));
    assertEquals(expected.tensors().keySet(), found.tensors().keySet());
    expected
        .tensors()
        .forEach((name, t) -> assertArrayEquals(t.floats(), found.tensor(name).floats(), name));
  }

  @Test
  void foldsMeasureEveryPhotoOnce() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 5);
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            photos,
            "--out",
            out,
            "--side",
            16,
            "--epochs",
            2,
            "--batch",
            4,
            "--folds",
            2,
            "--balance",
            "WEIGHTS");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("2 folds: "), run.out());
    List<String> rows = Files.readAllLines(out.resolve("folds.csv"));
    assertEquals(3, rows.size());
    List<String> predictions = Files.readAllLines(out.resolve("folds-predictions.csv"));
    assertEquals(
        15, predictions.stream().skip(1).map(row -> row.split(",", -1)[0]).distinct().count());
    assertEquals(16, predictions.size());
    try (Stream<String> lines = Files.lines(out.resolve("folds-confusion.csv"))) {
      int counted =
          lines
              .skip(1)
              .flatMap(row -> Arrays.stream(row.split(",", -1)).skip(1))
              .mapToInt(Integer::parseInt)
              .sum();
      assertEquals(15, counted);
    }
  }

  @Test
  void minutesDecideTheEpochsOnce() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 2);
    Path out = folder.resolve("out");
    Object[] arguments = {"--photos", photos, "--side", 16, "--minutes", 0.001, "--out", out};
    assertEquals(0, run(arguments).exitCode());
    String curve = Files.readString(out.resolve("learning.csv"));
    String card = Files.readString(out.resolve("classifier.json"));
    assertEquals(0, run(arguments).exitCode());
    assertEquals(curve, Files.readString(out.resolve("learning.csv")));
    assertEquals(card, Files.readString(out.resolve("classifier.json")));
  }

  /** Nothing that validates may be learned, and nothing else may take its place unasked. */
  @Test
  void photosToValidateWithMustBeUsable() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 2);
    Path broken = folder.resolve("broken");
    for (String name : List.of("rings", "lying")) {
      Path own = Files.createDirectories(broken.resolve(name));
      Files.writeString(own.resolve("1.jpg"), "no picture");
    }
    Path out = folder.resolve("out");
    Run run = run("--photos", photos, "--validation", broken, "--out", out);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("no photo can be used for validation"), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 3 --minutes 2 | not both",
        "--epochs 0 | --epochs must be at least 1",
        "--minutes 0 | --minutes must be more than 0",
        "--batch 1 | --batch",
        "--rate 0 | --rate",
        "--validation-share 1 | --validation-share",
        "--folds 1 | --folds must be 0 or at least 2",
        "--folds 9 | lying has 2 photos",
        "--pairing 2 | --pairing",
        "--smoothing 1 | --smoothing",
        "--side 8 | --side must be from 16 to 512",
        "--freeze 1 | --freeze needs --from",
        "--from compact-default --grey | --grey",
        "--from compact-default --freeze 9 --epochs 3 | --freeze must be from 0",
        "--from compact-default --freeze 41 | --freeze must be from 0",
        "--from compact-default --side 64 | sees 112x112",
        "--from nothing | neither a checkpoint, nor compact-default",
        "--from expression-face-api | cannot be trained",
        "--photos absent | absent",
        "--validation ONE | at least two classes",
        "--validation OTHER | has photos of eels",
        "--test EMPTY | there are no photos of empty"
      })
  void whatCannotBeIsSaidBeforeAnythingIsTrained(String options, String said) throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 2);
    Path one = folder.resolve("one");
    DrawnClasses.picture("rings", 1)
        .writePng(Files.createDirectories(one.resolve("rings")).resolve("1.png"));
    Path other = DrawnClasses.into(folder.resolve("other"), 1);
    Files.move(other.resolve("rings"), other.resolve("eels"));
    Path empty = DrawnClasses.into(folder.resolve("empties"), 1);
    Files.createDirectories(empty.resolve("empty"));
    Path out = folder.resolve("out");
    String line =
        (options.contains("--photos") ? "" : "--photos " + photos + " ")
            + options
                .replace("ONE", one.toString())
                .replace("OTHER", other.toString())
                .replace("EMPTY", empty.toString())
            + " --out "
            + out;
    Run run = run((Object[]) line.split(" ", -1));
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains(said), run.err());
    assertFalse(Files.exists(out.resolve("learning.csv")));
  }
}
