package io.facepipeline.evaluation.crops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BcolzCropsTest {
  @TempDir Path folder;
  private Path set;

  @BeforeEach
  void copy() throws IOException {
    Path from = FormulaCrops.file("bcolz/lz4").getParent();
    set = folder.resolve("lz4");
    for (Path file : List.of(Path.of("lz4_list.npy"), Path.of("lz4"))) {
      try (Stream<Path> all = Files.walk(from.resolve(file))) {
        for (Path one : all.toList()) {
          Path to = folder.resolve(from.relativize(one).toString());
          if (Files.isDirectory(one)) {
            Files.createDirectories(to);
          } else {
            Files.copy(one, to);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blosclz", "lz4", "zlib", "copied"})
  void readsChunksOfEachKind(String codec) {
    Path place = FormulaCrops.file("bcolz/" + codec);

    assertTrue(BcolzCrops.isFolder(place));
    BcolzCrops crops = BcolzCrops.open(place);

    assertEquals(2, crops.pairs());
    assertTrue(crops.same(0));
    assertFalse(crops.same(1));
    // Back and forth between the chunks.
    for (int i : new int[] {0, 3, 1, 2, 3}) {
      assertEquals(FormulaCrops.crop(i), crops.crop(i), "crop " + i);
    }
    crops.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sizes | {\"shape\": [4, 16, 16]} | shape",
        "sizes | {\"shape\": [4, 3, 16, 99999]} | shape",
        "sizes | {\"shape\": [6, 3, 16, 16]} | 2 pairs need 4 crops, but there are 6",
        "sizes | {\"shape\": [4000000000, 3, 16, 16]} | sizes",
        "sizes | {} | sizes",
        "sizes | [[[ | sizes",
        "storage | {\"dtype\": \"int64\", \"chunklen\": 3} | int64",
        "storage | {\"dtype\": \"float32\", \"chunklen\": 0} | chunks of 0",
      })
  void otherFoldersAreRefused(String file, String content, String problem) throws IOException {
    Files.writeString(set.resolve("meta").resolve(file), content);

    assertProblem(problem, () -> BcolzCrops.open(set));
  }

  @Test
  void theListMustBeThere() throws IOException {
    Files.delete(folder.resolve("lz4_list.npy"));

    assertProblem("there is no " + folder.resolve("lz4_list.npy"), () -> BcolzCrops.open(set));
  }

  @Test
  void aDamagedChunkIsNamed() throws IOException {
    Path chunk = set.resolve("data/__1.blp");
    byte[] bytes = Files.readAllBytes(chunk);
    BcolzCrops crops = BcolzCrops.open(set);

    Files.write(chunk, Arrays.copyOf(bytes, bytes.length - 9));
    assertProblem("__1.blp is no chunk", () -> crops.crop(3));
    Files.write(chunk, new byte[40]);
    assertProblem("blpk", () -> crops.crop(3));
    Files.delete(chunk);
    assertProblem("__1.blp", () -> crops.crop(3));
    assertEquals(FormulaCrops.crop(2), crops.crop(2));
    crops.close();
  }

  /** The last chunk's one crop in place of the first one's three. */
  @Test
  void aChunkOfAnotherLengthIsRefused() throws IOException {
    Files.copy(
        set.resolve("data/__1.blp"),
        set.resolve("data/__0.blp"),
        StandardCopyOption.REPLACE_EXISTING);

    assertProblem("3072 bytes of 9216", () -> BcolzCrops.open(set).crop(0));
  }

  private void assertProblem(String problem, Executable reading) {
    FacePipelineException e = assertThrows(FacePipelineException.class, reading);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(folder.toString()) && message.contains(problem), message);
  }
}
