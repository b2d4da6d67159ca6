package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.AlbumStages;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompareCommandTest {
  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  private static final Path ADA_AGAIN = SharedData.album("people/ada/ada_2.jpg");
  private static final Path BAO = SharedData.album("people/bao/bao_1.jpg");
  private static final Path NOBODY = SharedData.album("groups/nobody.jpg");

  @TempDir Path folder;

  private static JsonObject read(Path json) throws IOException {
    return JsonParser.parseString(Files.readString(json)).getAsJsonObject();
  }

  private static JsonElement at(JsonObject report, String matrix, int row, int column) {
    return report.getAsJsonArray(matrix).get(row).getAsJsonArray().get(column);
  }

  @Test
  void everyPairHasADistanceASimilarityAndAVerdict() throws IOException {
    Path json = folder.resolve("matrix.json");
    Path csv = folder.resolve("matrix.csv");
    Path plots = folder.resolve("plots");

    CommandRun run =
        CommandRun.of(
            "compare", "--json", json, "--csv", csv, "--plots", plots, ADA, BAO, ADA_AGAIN, ADA);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject report = read(json);
    assertEquals(AlbumStages.THRESHOLD, report.get("threshold").getAsFloat());
    assertEquals(1, report.get("distanceThreshold").getAsDouble(), 1e-6);
    for (int i = 0; i < 4; i++) {
      assertEquals(0, at(report, "distances", i, i).getAsDouble());
      for (int j = 0; j < 4; j++) {
        double similarity = at(report, "similarities", i, j).getAsDouble();
        double distance = at(report, "distances", i, j).getAsDouble();
        assertEquals(2 - 2 * similarity, distance * distance, 1e-5);
        assertEquals((i == 1) == (j == 1), at(report, "same", i, j).getAsBoolean(), i + "," + j);
      }
    }
    assertEquals(0, at(report, "distances", 0, 3).getAsDouble(), "the same photo twice");
    assertEquals(5, Files.readAllLines(csv).size());
    assertTrue(Files.readAllLines(csv).get(2).startsWith(BAO + ","), Files.readString(csv));
    assertTrue(run.out().contains("same person: 3 of 6 pairs"), run.out());
    assertTrue(run.out().contains("2: " + ADA_AGAIN), run.out());
    Image picture = Image.read(plots.resolve("distances.png"));
    assertEquals(picture.width(), picture.height());
    assertTrue(picture.width() > 4 * HeatMap.THUMBNAIL, picture.toString());
  }

  /** Against the embeddings that facenet-pytorch made of the same photos. */
  @Test
  void distancesAreThoseOfFacenetPytorch() throws IOException {
    Path photos = SharedData.path("data/photos");
    Map<String, double[]> reference = new HashMap<>();
    SharedData.json("golden/embeddings.json")
        .getAsJsonObject()
        .getAsJsonArray("facenet")
        .forEach(
            entry -> {
              JsonArray vector = entry.getAsJsonObject().getAsJsonArray("embedding");
              double[] values = new double[vector.size()];
              for (int i = 0; i < values.length; i++) {
                values[i] = vector.get(i).getAsDouble();
              }
              reference.put(entry.getAsJsonObject().get("crop").getAsString(), values);
            });
    List<String> names =
        List.of("Anthony_Hopkins_0001", "Anthony_Hopkins_0002", "angelina_jolie", "kate_siegel");
    Path json = folder.resolve("matrix.json");
    List<Object> args =
        new ArrayList<>(
            List.of("compare", "--models", SharedData.path("models"), "--detector", "mtcnn"));
    args.addAll(List.of("--embedder", "facenet-vggface2", "--json", json));
    names.forEach(name -> args.add(photos.resolve(name + ".jpg")));

    CommandRun run = CommandRun.with(new ModelStages(), args.toArray());

    assertEquals(0, run.exitCode(), run.err());
    JsonObject report = read(json);
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < i; j++) {
        double squares = 0;
        double[] a = reference.get(names.get(i) + ".png");
        double[] b = reference.get(names.get(j) + ".png");
        for (int d = 0; d < a.length; d++) {
          squares += (a[d] - b[d]) * (a[d] - b[d]);
        }
        assertEquals(
            Math.sqrt(squares),
            at(report, "distances", i, j).getAsDouble(),
            0.001,
            names.get(i) + " and " + names.get(j));
      }
    }
    assertTrue(at(report, "same", 0, 1).getAsBoolean(), "two photos of one person");
    assertFalse(at(report, "same", 0, 2).getAsBoolean());
  }

  @Test
  void photosThatCannotBeComparedAreNamedAndTheOthersAreCompared() throws IOException {
    Path broken = Files.writeString(folder.resolve("brö ken.jpg"), "no photo");
    Path json = folder.resolve("matrix.json");

    CommandRun run =
        CommandRun.of("compare", "--json", json, "--plots", folder, broken, ADA, NOBODY, BAO);

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains(broken.toString()), run.err());
    assertTrue(run.err().contains(NOBODY.toString()), run.err());
    JsonObject report = read(json);
    assertTrue(at(report, "distances", 0, 1).isJsonNull());
    assertTrue(at(report, "same", 2, 2).isJsonNull());
    assertFalse(at(report, "same", 1, 3).getAsBoolean());
    assertTrue(run.out().contains("same person: 0 of 1 pair"), run.out());

    CommandRun one = CommandRun.of("compare", "--json", json, "--plots", folder, broken, ADA);
    assertEquals(1, one.exitCode());
    assertTrue(one.out().contains("nothing to compare"), one.out());
  }

  @Test
  void aModelThatNobodyMeasuredGivesDistancesWithoutAVerdict() throws IOException {
    Path json = folder.resolve("matrix.json");

    CommandRun run = CommandRun.with(new AlbumStages(false), "compare", "--json", json, ADA, BAO);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("no verdict"), run.out());
    assertTrue(read(json).get("same").isJsonNull());
    assertEquals(
        0,
        CommandRun.with(
                new AlbumStages(false), "compare", "--json", json, "--threshold", "0.9", ADA, BAO)
            .exitCode());
    assertFalse(at(read(json), "same", 0, 1).getAsBoolean());
  }

  @Test
  void manyPhotosArePrintedAsASummaryAndTooManyAreRefused() throws IOException {
    Path csv = folder.resolve("matrix.csv");
    CommandRun run =
        CommandRun.of("compare", "--metric", "cosine", "--csv", csv, SharedData.album("people"));

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("too wide to print"), run.out());
    assertTrue(run.out().contains("same person: 48 of 496 pairs"), run.out());
    assertTrue(run.out().contains("and 28 more"), run.out());
    assertEquals(33, Files.readAllLines(csv).size());
    assertTrue(Files.readAllLines(csv).get(1).contains(",1.0000,"), Files.readAllLines(csv).get(1));

    CommandRun one = CommandRun.of("compare", ADA);
    assertEquals(2, one.exitCode());
    assertTrue(one.err().contains("2 to 1000 photos, got 1: " + ADA), one.err());
    CommandRun none = CommandRun.of("compare", Files.createDirectory(folder.resolve("empty")));
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("got none: there is no photo in the folder"), none.err());
    List<Object> many = new ArrayList<>(List.of("compare"));
    for (int i = 0; i < 1001; i++) {
      many.add(ADA);
    }
    CommandRun tooMany = CommandRun.of(many.toArray());
    assertEquals(2, tooMany.exitCode());
    assertTrue(tooMany.err().contains("'cluster'"), tooMany.err());
  }
}
