package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Integers;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.OnnxContent;
import io.facepipeline.onnx.internal.PreparedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Embedders of others that mix the rows of a batch, or keep their weights in a second file. */
class StrangeEmbedderTest {
  private static final int SIDE = 8;
  private static final int VALUES = 3 * SIDE * SIDE;
  private static final int SIZE = 16;
  private static final Face FACE =
      new Face(new Box(0, 0, 8, 8), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);
  private static final ModelCard CARD =
      ModelCard.builder("strange")
          .architecture("strange")
          .embeddingSize(SIZE)
          .crop(CropSpec.arcFace(SIDE))
          .scaling(List.of(127.5f), List.of(128f))
          .build();

  @TempDir Path folder;

  private static Graph finished(GraphBuilder g, Value flat) {
    Random r = new Random(4);
    float[] weights = new float[SIZE * VALUES];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) r.nextGaussian();
    }
    Value dense = g.dense(flat, new Weights(new int[] {SIZE, VALUES}, weights), null);
    return g.output(dense, "y", -1, SIZE).build();
  }

  /** Eight bits an activation, in the range of all that is there: that of the batch. */
  private static Graph dynamicallyQuantized() {
    GraphBuilder g = new GraphBuilder("dynamic");
    Value flat = g.flatten(g.input("x", -1, 3, SIDE, SIDE));
    Value same = g.op("Identity", 2, Map.of(), flat);
    GraphEditor editor = finished(g, same).edit();
    Node identity = editor.producer(same.name()).orElseThrow();
    editor.replace(
        identity,
        new Node(
            "DynamicQuantizeLinear",
            List.of(flat.name()),
            List.of("bytes", "scale", "zero"),
            Map.of()),
        new Node(
            "DequantizeLinear", List.of("bytes", "scale", "zero"), identity.outputs(), Map.of()));
    return editor.toGraph();
  }

  /** No operator that is known for it, and yet each row is set off against the whole batch. */
  private static Graph comparing() {
    GraphBuilder g = new GraphBuilder("comparing");
    Value flat = g.flatten(g.input("x", -1, 3, SIDE, SIDE));
    Value most =
        g.op(
            "ReduceMax",
            2,
            Map.of("axes", new Attribute.Ints(List.of(0L)), "keepdims", new Attribute.Int(1)),
            flat);
    return finished(g, g.add(flat, most));
  }

  /** Exported for one crop: the size of the batch is a constant inside. */
  private static Graph ofOneCrop() {
    GraphBuilder g = new GraphBuilder("one");
    Value x = g.input("x", 1, 3, SIDE, SIDE);
    Value shape = g.constant("shape", new Integers(new int[] {2}, new long[] {1, VALUES}));
    return finished(g, g.op("Reshape", 2, Map.of(), x, shape));
  }

  private static List<AlignedFace> crops() {
    Random r = new Random(9);
    List<AlignedFace> crops = new ArrayList<>();
    for (int range : new int[] {256, 3, 40, 200, 12}) {
      byte[] rgb = new byte[VALUES];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) r.nextInt(range);
      }
      crops.add(AlignedFace.of(FACE, CARD.crop(), rgb));
    }
    return crops;
  }

  private static void assertSameAloneAsInABatch(FaceEmbedder embedder, String what) {
    try (embedder) {
      List<AlignedFace> crops = crops();
      List<Embedding> together = embedder.embed(crops);
      for (int i = 0; i < crops.size(); i++) {
        assertArrayEquals(
            embedder.embed(List.of(crops.get(i))).get(0).toArray(),
            together.get(i).toArray(),
            1e-5f,
            what + ", crop " + i);
      }
    }
  }

  /** Not after what was made of it, whose name and size tell nobody which file it is. */
  @Test
  void whatTheRuntimeRefusesIsCalledByItsFile() throws IOException {
    GraphBuilder g = new GraphBuilder("nonsense");
    Value flat = g.flatten(g.input("x", -1, 3, SIDE, SIDE));
    Path file = folder.resolve("nonsense.onnx");
    Files.write(file, OnnxFile.write(finished(g, g.op("Nonsense", 2, Map.of(), flat))));
    Path made = folder.resolve("made.part");
    try (FileChannel channel =
        FileChannel.open(made, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ModelFile.read(file).convert(CARD, false, channel);
    }
    for (Executable use :
        List.<Executable>of(
            () -> OnnxFaceEmbedder.load(file, CARD, EmbedderOptions.defaults()),
            () -> ModelFile.read(file).requireSound(made))) {
      MalformedModelException refused = assertThrows(MalformedModelException.class, use);
      String message = refused.getMessage();
      assertTrue(message.contains(file.toString()), message);
      assertFalse(message.contains("made.part") || message.contains(" bytes"), message);
    }
  }

  @Test
  void aCropsEmbeddingDoesNotHangOnTheCropsBesideIt() throws IOException {
    for (Graph graph : List.of(dynamicallyQuantized(), comparing(), ofOneCrop())) {
      Path bare = Files.write(folder.resolve(graph.name() + ".onnx"), OnnxFile.write(graph));
      Path carded =
          Files.write(
              folder.resolve(graph.name() + "-card.onnx"),
              OnnxFile.write(EmbeddingGraphs.wrap(graph, CARD, "the test")));
      for (boolean mirrored : new boolean[] {false, true}) {
        EmbedderOptions options = EmbedderOptions.defaults().withMirrored(mirrored);
        String what = graph.name() + (mirrored ? ", mirrored" : "");
        assertSameAloneAsInABatch(OnnxFaceEmbedder.load(bare, CARD, options), what);
        assertSameAloneAsInABatch(OnnxFaceEmbedder.load(carded, options), what + ", card inside");
      }
    }
  }

  /** A model in two files, as exporters make it of large ones. */
  private Path twoFiles(Path where) throws IOException {
    GraphBuilder g = new GraphBuilder("two");
    Graph graph = finished(g, g.flatten(g.input("x", -1, 3, SIDE, SIDE)));
    Path whole = Files.write(folder.resolve("whole.onnx"), OnnxFile.write(graph));
    Path file = Files.createDirectories(where).resolve("two.onnx");
    PreparedModel.write(whole, file, where.resolve("two.data"));
    return file;
  }

  private static float[] embed(FaceEmbedder embedder) {
    try (embedder) {
      return embedder.embed(crops().subList(0, 1)).get(0).toArray();
    }
  }

  private static String fingerprint(Path file) {
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(file, CARD, EmbedderOptions.defaults())) {
      return embedder.card().fingerprint();
    }
  }

  @Test
  void aModelOfTwoFilesIsTheSameWhereverItLiesAndAnotherWithOtherWeights() throws IOException {
    Path first = twoFiles(folder.resolve("a"));
    Path data = first.resolveSibling("two.data");
    EmbedderOptions options = EmbedderOptions.defaults();
    Path other = Files.createDirectory(folder.resolve("b")).resolve("two.onnx");
    Files.copy(first, other);
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class, () -> OnnxFaceEmbedder.load(other, CARD, options));
    assertEquals(true, e.getMessage().contains("two.data"), e.getMessage());
    Files.copy(data, other.resolveSibling("two.data"));
    assertArrayEquals(
        embed(OnnxFaceEmbedder.load(folder.resolve("whole.onnx"), CARD, options)),
        embed(OnnxFaceEmbedder.load(other, CARD, options)),
        1e-5f);
    assertEquals(fingerprint(first), fingerprint(other));

    byte[] weights = Files.readAllBytes(data);
    weights[1] ^= 1;
    Files.write(other.resolveSibling("two.data"), weights);
    assertNotEquals(fingerprint(first), fingerprint(other));
  }

  private static byte[] imported(Path file, @Nullable ModelCard card) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.read(file).convert(card, false, Channels.newChannel(out));
    return out.toByteArray();
  }

  @Test
  void whatIsImportedHoldsAllOfItsWeights() throws IOException {
    EmbedderOptions options = EmbedderOptions.defaults();
    Path file = twoFiles(folder.resolve("a"));
    Path one = Files.createDirectory(folder.resolve("b")).resolve("one.onnx");
    Files.write(one, imported(file, CARD));
    assertFalse(OnnxContent.hasExternalData(one));
    assertArrayEquals(
        embed(OnnxFaceEmbedder.load(file, CARD, options)),
        embed(OnnxFaceEmbedder.load(one, options)),
        1e-5f);
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(one, options)) {
      assertEquals(fingerprint(file), embedder.card().fingerprint());
    }
  }

  @Test
  void aCardedModelOfTwoFilesBecomesOneAndKeepsItsName() throws IOException {
    EmbedderOptions options = EmbedderOptions.defaults();
    Path whole = folder.resolve("carded.onnx");
    GraphBuilder g = new GraphBuilder("plain");
    Path plain = folder.resolve("plain.onnx");
    Files.write(plain, OnnxFile.write(finished(g, g.flatten(g.input("x", -1, 3, SIDE, SIDE)))));
    Files.write(whole, imported(plain, CARD));
    Path file = Files.createDirectory(folder.resolve("c")).resolve("two.onnx");
    PreparedModel.write(whole, file, file.resolveSibling("two.data"));
    assertTrue(OnnxContent.hasExternalData(file));
    Path one = Files.write(folder.resolve("one.onnx"), imported(file, null));
    assertFalse(OnnxContent.hasExternalData(one));
    try (FaceEmbedder before = OnnxFaceEmbedder.load(file, options);
        FaceEmbedder after = OnnxFaceEmbedder.load(one, options)) {
      assertEquals(before.card().fingerprint(), after.card().fingerprint());
    }
    assertArrayEquals(
        embed(OnnxFaceEmbedder.load(file, options)), embed(OnnxFaceEmbedder.load(one, options)));
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> imported(one, null));
    assertTrue(e.getMessage().contains("already carries its card"), e.getMessage());
  }

  @Test
  void anImportWithoutAllOfItsFilesSaysWhichIsMissing() throws IOException {
    Path file = twoFiles(folder.resolve("a"));
    Files.delete(file.resolveSibling("two.data"));
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> imported(file, CARD));
    assertTrue(e.getMessage().contains("two.data"), e.getMessage());
  }
}
