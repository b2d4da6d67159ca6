package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training in a process of its own, which is killed while it trains, and goes on in another. */
class KilledTrainingTest {
  private static final int EPOCHS = 40;

  @TempDir Path folder;

  @Test
  void leavesNoHalfFileAndEndsAsOneThatWasNotKilled() throws Exception {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 16);
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    assertEquals(0, start(photos, whole).waitFor());

    Process training = start(photos, killed);
    // The first epochs are over when the first state is there.
    while (!Files.exists(killed.resolve("work").resolve("state.safetensors"))) {
      assertTrue(training.isAlive(), "the training ended before it was killed");
      Thread.sleep(5);
    }
    training.destroyForcibly();
    training.waitFor();
    for (Path file : files(killed)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".safetensors")) {
        assertFalse(Checkpoint.read(file).tensors().isEmpty(), name);
      }
    }

    assertEquals(0, start(photos, killed).waitFor());
    assertEquals(names(whole), names(killed));
    assertEquals(
        Files.readString(whole.resolve("learning.csv")),
        Files.readString(killed.resolve("learning.csv")));
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("classifier.onnx")),
        Files.readAllBytes(killed.resolve("classifier.onnx")));
  }

  private static Process start(Path photos, Path out) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "train-network",
            "--photos",
            photos.toString(),
            "--side",
            "24",
            "--epochs",
            String.valueOf(EPOCHS),
            "--batch",
            "8",
            "--out",
            out.toString(),
            "--quiet");
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    return files(folder).stream().map(file -> folder.relativize(file).toString()).toList();
  }
}
