package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of crops in each form; crops of the album, and of LFW where they are at hand. */
final class EvaluatePairsTest {
  private static final int FAILED_INPUTS = 1;
  private static final int WRONG_USAGE = 2;
  private static final int SIDE = 112;

  @TempDir Path folder;

  /** Two files and whether they show the same person. */
  private record Listed(Path first, Path second, boolean same) {}

  @Test
  void theAlbumsCropsInAllFormsGiveOneTable() throws IOException {
    Path crops = folder.resolve("crops");
    CommandRun aligned =
        CommandRun.with(
            new ModelStages(),
            "align",
            "--out",
            crops,
            SharedData.album("people/ada"),
            SharedData.album("people/bao"));
    assertEquals(0, aligned.exitCode(), aligned.err());
    List<Listed> pairs = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      for (String name : List.of("ada", "bao")) {
        pairs.add(new Listed(crop(crops, name, i), crop(crops, name, i + 1), true));
      }
      pairs.add(new Listed(crop(crops, "ada", i), crop(crops, "bao", i), false));
      pairs.add(new Listed(crop(crops, "ada", i), crop(crops, "bao", i + 1), false));
    }
    Path sets = Files.createDirectories(folder.resolve("sets"));
    bin(sets.resolve("lfw.bin"), pairs);
    bcolz(sets.resolve("agedb_30"), pairs);
    list(crops.resolve("pairs.txt"), crops, pairs);
    Path out = folder.resolve("out");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "evaluate",
            "pairs",
            sets,
            crops,
            "--flip",
            "--json",
            out.resolve("pairs.json"),
            "--csv",
            out.resolve("pairs.csv"),
            "--markdown",
            out.resolve("pairs.md"),
            "--plots",
            out.resolve("plots"));

    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.stream().anyMatch(l -> l.matches("LFW +12 .*")), run.out());
    assertTrue(lines.stream().anyMatch(l -> l.matches("AgeDB_30 +12 .*")), run.out());
    assertTrue(lines.stream().anyMatch(l -> l.matches("crops +12 .*")), run.out());
    JsonObject json = json(out.resolve("pairs.json"));
    assertTrue(json.get("mirror").getAsBoolean());
    assertEquals("exact", json.get("fit").getAsString());
    assertTrue(json.get("model").getAsString().startsWith("compact-default"), json.toString());
    Set<String> figures = new TreeSet<>();
    for (JsonElement set : json.getAsJsonArray("sets")) {
      figures.add(figures(set.getAsJsonObject()));
      assertEquals(1, set.getAsJsonObject().get("auc").getAsDouble());
      assertEquals(10, set.getAsJsonObject().getAsJsonArray("folds").size());
    }
    assertEquals(1, figures.size(), figures.toString());
    assertEquals(1 + 3 * 12, Files.readAllLines(out.resolve("pairs.csv")).size());
    assertTrue(
        Files.readAllLines(out.resolve("pairs.csv")).get(1).startsWith("LFW,0,"),
        Files.readAllLines(out.resolve("pairs.csv")).get(1));
    assertTrue(Files.readString(out.resolve("pairs.md")).contains("| AgeDB_30 | 12 |"));
    for (String plot : List.of("roc.png", "similarities-LFW.png", "similarities-crops.png")) {
      assertTrue(Image.read(out.resolve("plots").resolve(plot)).width() > 100, plot);
    }
  }

  @Test
  void lfwsCropsGiveTheSameAccuracyInAllForms() throws IOException {
    List<List<Path>> people =
        SharedData.files("data/training/faces112/lfw").stream()
            .filter(f -> f.toString().endsWith(".jpg"))
            .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.toList()))
            .values()
            .stream()
            .filter(photos -> photos.size() > 1)
            .limit(50)
            .toList();
    Path crops = SharedData.path("data/training/faces112/lfw");
    List<Listed> pairs = new ArrayList<>();
    for (int i = 0; i < people.size(); i++) {
      pairs.add(new Listed(people.get(i).get(0), people.get(i).get(1), true));
      Path other = people.get((i + 1) % people.size()).get(0);
      pairs.add(new Listed(people.get(i).get(1), other, false));
    }
    Path sets = Files.createDirectories(folder.resolve("sets"));
    bin(sets.resolve("lfw.bin"), pairs);
    bcolz(sets.resolve("lfw"), pairs);
    Path list = list(folder.resolve("list.txt"), crops, pairs);

    JsonArray stored = evaluated(sets);
    JsonArray listed = evaluated(crops, "--pairs", list);

    assertEquals(2, stored.size());
    assertEquals("LFW", stored.get(0).getAsJsonObject().get("set").getAsString());
    assertEquals("LFW-2", stored.get(1).getAsJsonObject().get("set").getAsString());
    String expected = figures(listed.get(0).getAsJsonObject());
    assertEquals(expected, figures(stored.get(0).getAsJsonObject()));
    assertEquals(expected, figures(stored.get(1).getAsJsonObject()));
    // Not trivially: some pairs are judged wrongly, most rightly.
    double accuracy = listed.get(0).getAsJsonObject().get("accuracy").getAsDouble();
    assertTrue(accuracy > 0.9 && accuracy <= 1, expected);
  }

  @Test
  void aHostileSetIsNamedAndTheOthersAreEvaluated() throws IOException {
    Path crops = Files.createDirectories(folder.resolve("crops"));
    Image.ofRgb(SIDE, SIDE, new byte[3 * SIDE * SIDE]).writePng(crops.resolve("a.png"));
    Image.ofRgb(SIDE, SIDE, noise()).writePng(crops.resolve("b.png"));
    Files.writeString(crops.resolve("pairs.txt"), "a.png a.png 1\na.png b.png 0\n");
    Path hostile =
        Files.write(
            folder.resolve("hostile.bin"),
            "cos\nsystem\n(S'touch executed'\ntR.".getBytes(StandardCharsets.ISO_8859_1));
    Path out = folder.resolve("out.json");

    CommandRun run =
        CommandRun.with(new ModelStages(), "evaluate", "pairs", hostile, crops, "--json", out);

    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(
        run.err().contains(hostile + ": the pickle names the Python object os.system"), run.err());
    JsonArray sets = json(out).getAsJsonArray("sets");
    assertTrue(sets.get(0).getAsJsonObject().get("error").getAsString().contains("os.system"));
    assertEquals(2, sets.get(1).getAsJsonObject().get("pairs").getAsInt());
    assertTrue(run.out().contains("crops"), run.out());
  }

  @Test
  void cropsOfAnotherSizeAreRefusedUnlessResized() throws IOException {
    Path crops = Files.createDirectories(folder.resolve("small"));
    Image.ofRgb(96, 96, new byte[3 * 96 * 96]).writePng(crops.resolve("a.png"));
    Files.writeString(crops.resolve("pairs.txt"), "a.png a.png 1\na.png a.png 0\n");

    CommandRun refused = CommandRun.with(new ModelStages(), "evaluate", "pairs", crops);
    CommandRun resized =
        CommandRun.with(new ModelStages(), "evaluate", "pairs", crops, "--fit", "resized");

    assertEquals(FAILED_INPUTS, refused.exitCode());
    assertTrue(refused.err().contains("a.png is 96x96, but compact-default"), refused.err());
    assertTrue(refused.err().contains("with --fit resized"), refused.err());
    assertEquals(0, resized.exitCode(), resized.err());
    assertTrue(
        resized.out().contains("the crops were resized; compact-default was made for 112x112"));
  }

  @Test
  void wrongUsageIsTold() throws IOException {
    CommandRun nothing = CommandRun.of("evaluate", "pairs", folder);
    CommandRun two = CommandRun.of("evaluate", "pairs", "a", "b", "--pairs", "list.txt");
    Path text = Files.writeString(folder.resolve("lfw.bin"), "hello");
    CommandRun noSet = CommandRun.of("evaluate", "pairs", text);

    assertEquals(WRONG_USAGE, nothing.exitCode());
    assertTrue(nothing.err().contains("holds no verification set"), nothing.err());
    assertEquals(WRONG_USAGE, two.exitCode());
    assertTrue(two.err().contains("--pairs is for one folder"), two.err());
    assertEquals(FAILED_INPUTS, noSet.exitCode());
    assertTrue(noSet.err().contains(text.toString()), noSet.err());
    assertEquals("", noSet.out());
    for (String option : List.of("--detector", "--input-size", "--score-threshold")) {
      CommandRun detector = CommandRun.of("evaluate", "pairs", folder, option, "1");
      assertEquals(WRONG_USAGE, detector.exitCode());
      assertTrue(detector.err().contains("Unknown option"), detector.err());
    }
  }

  private JsonArray evaluated(Object... arguments) throws IOException {
    Path out = folder.resolve("out.json");
    List<Object> all = new ArrayList<>(List.of("evaluate", "pairs", "--json", out));
    all.addAll(List.of(arguments));
    CommandRun run = CommandRun.with(new ModelStages(), all.toArray());
    assertEquals(0, run.exitCode(), run.err());
    return json(out).getAsJsonArray("sets");
  }

  /** All figures of a set. */
  private static String figures(JsonObject set) {
    JsonObject copy = set.deepCopy();
    // A folder's crops are embedded once, however many pairs they are in.
    List.of("file", "set", "crops").forEach(copy::remove);
    return copy.toString();
  }

  private static Path crop(Path crops, String person, int number) {
    return crops.resolve(person).resolve(person + "_" + number + "_0.png");
  }

  private static byte[] noise() {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31 + i / 7 * 13);
    }
    return rgb;
  }

  private static Path list(Path file, Path crops, List<Listed> pairs) throws IOException {
    List<String> lines =
        pairs.stream()
            .map(
                p ->
                    crops.relativize(p.first)
                        + "\t"
                        + crops.relativize(p.second)
                        + "\t"
                        + (p.same ? 1 : 0))
            .toList();
    return Files.write(file, lines);
  }

  /** As Python 3 pickles the files' bytes in protocol 3. */
  private static void bin(Path file, List<Listed> pairs) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 3, ']', '('});
    for (Listed pair : pairs) {
      for (Path crop : List.of(pair.first, pair.second)) {
        byte[] bytes = Files.readAllBytes(crop);
        out.write('B');
        out.writeBytes(
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
        out.writeBytes(bytes);
      }
    }
    out.writeBytes(new byte[] {'e', ']', '('});
    pairs.forEach(pair -> out.write(pair.same ? 0x88 : 0x89));
    out.writeBytes(new byte[] {'e', (byte) 0x86, '.'});
    Files.write(file, out.toByteArray());
  }

  /** As face.evoLVe writes it, without compression: a chunk a pair. */
  private static void bcolz(Path set, List<Listed> pairs) throws IOException {
    Path data = Files.createDirectories(set.resolve("data"));
    Path meta = Files.createDirectories(set.resolve("meta"));
    Files.writeString(
        meta.resolve("sizes"), "{\"shape\": [" + 2 * pairs.size() + ", 3, 112, 112]}\n");
    Files.writeString(meta.resolve("storage"), "{\"dtype\": \"float32\", \"chunklen\": 2}\n");
    int pixels = SIDE * SIDE;
    for (int p = 0; p < pairs.size(); p++) {
      int bytes = 2 * 3 * pixels * Float.BYTES;
      ByteBuffer chunk = ByteBuffer.allocate(32 + bytes).order(ByteOrder.LITTLE_ENDIAN);
      chunk.put("blpk\u0001\0\0\0".getBytes(StandardCharsets.ISO_8859_1)).putLong(1);
      chunk.put(new byte[] {2, 1, 2, 4}).putInt(bytes).putInt(bytes).putInt(16 + bytes);
      for (Path file : List.of(pairs.get(p).first, pairs.get(p).second)) {
        byte[] rgb = Image.read(file).toRgb();
        for (int color : new int[] {2, 1, 0}) {
          for (int i = 0; i < pixels; i++) {
            chunk.putFloat(((rgb[3 * i + color] & 0xff) / 255f - 0.5f) / 0.5f);
          }
        }
      }
      Files.write(data.resolve("__" + p + ".blp"), chunk.array());
    }
    String header = "{'descr': '|b1', 'fortran_order': False, 'shape': (" + pairs.size() + ",), }";
    ByteBuffer npy =
        ByteBuffer.allocate(10 + header.length() + pairs.size()).order(ByteOrder.LITTLE_ENDIAN);
    npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    npy.putShort((short) header.length()).put(header.getBytes(StandardCharsets.ISO_8859_1));
    pairs.forEach(pair -> npy.put((byte) (pair.same ? 1 : 0)));
    Files.write(set.resolveSibling(set.getFileName() + "_list.npy"), npy.array());
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }
}
