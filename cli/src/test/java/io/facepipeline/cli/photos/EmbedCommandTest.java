package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.cli.AlbumStages;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.internal.NpyArray;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.Python;
import io.facepipeline.testkit.SharedData;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings with labels, for NumPy and as tables. */
final class EmbedCommandTest {
  @TempDir Path root;
  private Path people;
  private Path npy;

  @BeforeEach
  void twoPeople() throws IOException {
    people = root.resolve("die Leute");
    npy = root.resolve("arrays");
    for (String person : List.of("zoë", "bao")) {
      Path folder = Files.createDirectories(people.resolve(person));
      String shown = person.equals("zoë") ? "ada" : person;
      for (int i = 1; i <= 2; i++) {
        Path photo = SharedData.album("people/" + shown + "/" + shown + "_" + i + ".jpg");
        Files.copy(photo, folder.resolve(i + ".jpg"));
      }
    }
  }

  private static Tensor tensor(Path file) throws IOException {
    return Checkpoint.read(file).tensors().values().iterator().next();
  }

  private static List<String> strings(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      NpyArray array = NpyArray.read(in);
      List<String> strings = new ArrayList<>();
      for (long i = 0; i < array.elements(); i++) {
        strings.add(NpyArray.readString(in, array.width()));
      }
      assertEquals(-1, in.read());
      return strings;
    }
  }

  @Test
  void arraysHaveARowPerFaceWithItsLabelAndItsPhoto() throws IOException {
    Path json = root.resolve("faces.json");
    Files.copy(SharedData.album("groups/nobody.jpg"), people.resolve("bao/3.jpg"));

    CommandRun run = CommandRun.of("embed", "--people", people, "--npy", npy, "--json", json);

    assertEquals(1, run.exitCode(), "the photo of nobody is named");
    assertTrue(run.err().contains("3.jpg"), run.err());
    Tensor embeddings = tensor(npy.resolve("embeddings.npy"));
    assertArrayEquals(new int[] {4, AlbumStages.EMBEDDING_SIZE}, embeddings.shape());
    assertEquals(List.of("bao", "bao", "zoë", "zoë"), strings(npy.resolve("label_strings.npy")));
    assertArrayEquals(new long[] {0, 0, 1, 1}, tensor(npy.resolve("labels.npy")).longs());
    List<String> images = strings(npy.resolve("images.npy"));
    assertEquals(people.resolve("zoë/2.jpg").toString(), images.get(3));
    int row = 0;
    for (JsonElement photo : JsonParser.parseString(Files.readString(json)).getAsJsonArray()) {
      for (JsonElement f : photo.getAsJsonObject().getAsJsonArray("faces")) {
        JsonObject face = f.getAsJsonObject();
        JsonArray vector = face.getAsJsonArray("embedding");
        for (int d = 0; d < vector.size(); d++) {
          assertEquals(
              vector.get(d).getAsFloat(), embeddings.floats()[row * vector.size() + d], 1e-7f);
        }
        assertEquals(photo.getAsJsonObject().get("image").getAsString(), images.get(row));
        assertEquals(row < 2 ? "bao" : "zoë", face.get("label").getAsString());
        row++;
      }
    }
    assertEquals(4, row);
    if (Files.getFileStore(npy).supportsFileAttributeView("posix")) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(npy.resolve("embeddings.npy"))));
    }
  }

  @Test
  void withoutPeopleEveryFaceIsExportedAndNobodyIsLabeled() throws IOException {
    Path group = SharedData.album("groups/group_1.jpg");
    assertEquals(0, CommandRun.of("embed", "--npy", npy, group).exitCode());
    assertEquals(4, tensor(npy.resolve("embeddings.npy")).shape()[0]);
    assertEquals(4, strings(npy.resolve("images.npy")).size());
    assertFalse(Files.exists(npy.resolve("labels.npy")));

    assertEquals(0, CommandRun.of("embed", "--people", people, "--npy", npy).exitCode());
    CommandRun mixed = CommandRun.of("embed", "--npy", npy, group);
    assertEquals(2, mixed.exitCode(), "labels of other faces would lie beside these");
    assertTrue(mixed.err().contains("labels.npy"), mixed.err());

    Path none = root.resolve("none");
    Path nobody = SharedData.album("groups/nobody.jpg");
    assertEquals(0, CommandRun.of("embed", "--npy", none, nobody).exitCode());
    assertArrayEquals(
        new int[] {0, AlbumStages.EMBEDDING_SIZE}, tensor(none.resolve("embeddings.npy")).shape());
  }

  @Test
  void aTableWithLabelsIsOneThatAGalleryTakes() throws IOException {
    Path csv = root.resolve("faces.csv");
    Path gallery = root.resolve("gallery");
    assertEquals(0, CommandRun.of("embed", "--people", people, "--csv", csv).exitCode());
    String header = Files.readAllLines(csv).get(0);
    assertTrue(header.endsWith("error,model," + columns()), header);

    CommandRun imported = CommandRun.of("gallery", "import", "--gallery", gallery, csv);

    assertEquals(0, imported.exitCode(), imported.err());
    assertTrue(imported.out().contains("4 faces imported"), imported.out());
    assertTrue(
        CommandRun.of("gallery", "list", "--gallery", gallery).out().contains("zoë"), "labels");
  }

  private static String columns() {
    List<String> columns = new ArrayList<>();
    for (int d = 0; d < AlbumStages.EMBEDDING_SIZE; d++) {
      columns.add("e" + d);
    }
    return String.join(",", columns);
  }

  @Test
  void usageIsChecked() {
    Path photo = SharedData.album("people/ada/ada_1.jpg");
    assertEquals(2, CommandRun.of("embed").exitCode());
    CommandRun both = CommandRun.of("embed", "--people", people, photo);
    assertEquals(2, both.exitCode());
    assertTrue(
        both.err().contains("not both, got --people " + people + " and " + photo), both.err());
    assertEquals(2, CommandRun.of("embed", "--select", "largest", photo).exitCode());
    assertEquals(2, CommandRun.of("embed", "--people", photo).exitCode());
  }

  /** The published FaceNet on photos of real people, read by NumPy. */
  @Test
  void numpyLoadsWhatFacenetMadeOfRealPhotos() throws IOException {
    Path set = SharedData.path("data/celeb5/val");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "embed",
            "--models",
            SharedData.path("models"),
            "--embedder",
            "facenet-vggface2",
            "--people",
            set,
            "--select",
            "center",
            "--npy",
            npy);

    assertEquals(0, run.exitCode(), run.err());
    Tensor embeddings = tensor(npy.resolve("embeddings.npy"));
    assertArrayEquals(new int[] {25, 512}, embeddings.shape());
    assertEquals(25, strings(npy.resolve("label_strings.npy")).size());
    Python.assumeNumpy();
    assertEquals(
        "",
        Python.complaintOf(
            "import numpy as np",
            "e = np.load('" + npy + "/embeddings.npy', allow_pickle=False)",
            "l = np.load('" + npy + "/labels.npy', allow_pickle=False)",
            "s = np.load('" + npy + "/label_strings.npy', allow_pickle=False)",
            "assert e.dtype == np.float32 and e.shape == (25, 512), e.shape",
            "assert l.dtype == np.int64 and l.tolist() == sorted(l.tolist()) and l.max() == 4",
            "assert s[l == 2].tolist() == ['jerry_seinfeld'] * 5, s",
            // Each photo is nearest to another of its person.
            "c = e @ e.T - 2 * np.eye(25)",
            "assert (l[c.argmax(1)] == l).mean() > 0.9, l[c.argmax(1)]"));
  }
}
