package io.facepipeline.evaluation.crops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.evaluation.crops.BloscChunk.BadChunkException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BloscChunkTest {
  private static final int MOST = 1 << 20;

  /** Repetitions from near and from further than 8 KB, runs, and lengths of several bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"far-blosclz.blosc", "far-lz4.blosc"})
  void readsWhatCBloscWrites(String name) throws Exception {
    byte[] chunk = Files.readAllBytes(FormulaCrops.file(name));

    assertArrayEquals(content(), BloscChunk.decompress(chunk, 0, MOST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "far-blosclz.blosc",
        "far-lz4.blosc",
        "bcolz/blosclz/data/__0.blp",
        "bcolz/lz4/data/__0.blp",
        "bcolz/zlib/data/__1.blp",
        "bcolz/copied/data/__1.blp"
      })
  void damageIsFoundOrGivesOtherBytesAndNothingElse(String name) throws IOException {
    byte[] chunk = Files.readAllBytes(FormulaCrops.file(name));
    int start = name.endsWith(".blp") ? 16 : 0;
    Random random = new Random(7);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = chunk.clone();
      // The numbers in front more often than the rest.
      int range = i % 2 == 0 ? 64 : chunk.length - start;
      damaged[start + random.nextInt(range)] = (byte) random.nextInt(256);
      if (i % 3 == 0) {
        damaged = Arrays.copyOf(damaged, start + random.nextInt(chunk.length - start));
      }
      try {
        assertTrue(BloscChunk.decompress(damaged, start, MOST).length <= MOST);
      } catch (BadChunkException e) {
        assertTrue(!String.valueOf(e.getMessage()).isBlank());
      }
    }
  }

  @Test
  void whatIsNotReadIsNamed() throws IOException {
    byte[] chunk = Files.readAllBytes(FormulaCrops.file("far-lz4.blosc"));

    chunk[2] = (byte) (4 << 5);
    assertProblem("zstd", chunk);
    chunk[2] = (byte) (2 << 5);
    assertProblem("snappy", chunk);
    chunk[2] = (byte) (1 << 5 | 4);
    assertProblem("bits shuffled", chunk);
    chunk[0] = 5;
    assertProblem("format 5", chunk);
  }

  @Test
  void aSizeThatLiesIsRefusedBeforeItIsMade() throws IOException {
    byte[] chunk = Files.readAllBytes(FormulaCrops.file("far-lz4.blosc"));
    ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).putInt(4, Integer.MAX_VALUE);

    assertProblem("claims 2147483647 bytes", chunk);
    ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).putInt(4, MOST + 1);
    assertProblem("has at most", chunk);
  }

  private static void assertProblem(String problem, byte[] chunk) {
    BadChunkException e =
        assertThrows(BadChunkException.class, () -> BloscChunk.decompress(chunk, 0, MOST));
    assertTrue(String.valueOf(e.getMessage()).contains(problem), e.getMessage());
  }

  private static byte[] content() {
    byte[] random = new byte[9000];
    int state = 1;
    for (int i = 0; i < random.length; i++) {
      state = state * 1103515245 + 12345 & 0x7fffffff;
      random[i] = (byte) (state >> 16);
    }
    byte[] ones = new byte[300];
    Arrays.fill(ones, (byte) 1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(random);
    content.writeBytes(new byte[700]);
    content.writeBytes(random);
    content.writeBytes(ones);
    content.writeBytes(Arrays.copyOf(random, 5000));
    for (int i = 0; i < 20; i++) {
      content.writeBytes(Arrays.copyOf(random, 100));
    }
    for (int i = 0; i < 4 * 256; i++) {
      content.write(i);
    }
    return content.toByteArray();
  }
}
