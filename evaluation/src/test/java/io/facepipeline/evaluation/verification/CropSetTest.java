package io.facepipeline.evaluation.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.internal.NeighborFolds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CropSetTest {
  private static final int SIDE = 16;

  @TempDir Path folder;

  @Test
  void thePublishedSetsComeInFaceEvolvesOrder() throws IOException {
    for (String name : List.of("vgg2_fp", "lfw", "mine", "cfp_fp", "AgeDB-30")) {
      Files.write(folder.resolve(name + ".bin"), pickled(pictures(4), true, false));
    }
    Files.createDirectories(folder.resolve("crops"));
    Files.writeString(folder.resolve("crops/pairs.txt"), "a.png b.png 1\n");
    Files.writeString(folder.resolve("readme.txt"), "no set");
    Files.writeString(folder.resolve(".hidden.bin"), "no set");

    List<Path> found = CropSet.find(folder);

    assertEquals(
        List.of("lfw.bin", "cfp_fp.bin", "AgeDB-30.bin", "vgg2_fp.bin", "crops", "mine.bin"),
        found.stream().map(f -> f.getFileName().toString()).toList());
    assertEquals(
        List.of("LFW", "CFP_FP", "AgeDB_30", "VGGFace2_FP", "mine"),
        found.stream()
            .filter(f -> f.toString().endsWith(".bin"))
            .map(f -> CropSet.read(f).name())
            .toList());
    assertEquals(List.of(found.get(0)), CropSet.find(found.get(0)));
  }

  @Test
  void aPlaceWithoutSetsIsNamed() {
    assertProblem(folder + " holds no verification set", () -> CropSet.find(folder));
    Path none = folder.resolve("none");
    assertProblem(none + " does not exist", () -> CropSet.find(none));
  }

  /** The same crops in all four forms give the same embeddings. */
  @Test
  void allFormsHoldTheSameCrops() throws IOException {
    List<Image> pictures = IntStream.range(0, 4).mapToObj(CropSetTest::formula).toList();
    Path bin = Files.write(folder.resolve("lfw.bin"), pickled(pngs(pictures), true, false));
    Path crops = Files.createDirectories(folder.resolve("crops"));
    for (int i = 0; i < pictures.size(); i++) {
      pictures.get(i).writePng(crops.resolve(i + ".png"));
    }
    Files.writeString(crops.resolve("pairs.txt"), "0.png\t1.png\t1\n2.png\t3.png\t0\n");

    List<Double> expected = similarities(CropSet.read(bin));

    assertEquals(2, expected.size());
    assertTrue(expected.get(0) < 0.9999, expected.toString());
    assertEquals(expected, similarities(CropSet.read(resource("bcolz/lz4"))));
    assertEquals(expected, similarities(CropSet.read(crops)));
    assertEquals(expected, similarities(CropSet.read(resource("python2-protocol2.bin"))));
    assertEquals(bin + "#2", CropSet.read(bin).pairs().get(1).first().file().toString());
  }

  @ParameterizedTest
  @CsvSource({"20, 10", "23, 10", "7, 7", "600, 10"})
  void foldsAreThoseOfKFold(int pairs, int folds) {
    int[] sizes = new int[folds];
    int before = 0;
    for (int p = 0; p < pairs; p++) {
      int fold = NeighborFolds.fold(p, pairs);
      assertTrue(fold == before || fold == before + 1, "pair " + p);
      sizes[fold]++;
      before = fold;
    }
    // scikit-learn: the first n % folds folds have one pair more.
    for (int f = 0; f < folds; f++) {
      assertEquals(pairs / folds + (f < pairs % folds ? 1 : 0), sizes[f], "fold " + f);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.png b.png | a pair is two files",
        "a.png b.png 2 | a pair is two files",
        "a.png b.png 1 1 | a pair is two files",
        "../a.png b.png 1 | a pair must name files below",
        "/etc/passwd b.png 1 | a pair must name files below",
        ",b.png,1 | a pair must name files below"
      })
  void aBadLineIsNamed(String line, String problem) throws IOException {
    Files.writeString(folder.resolve("pairs.txt"), "a.png b.png 1\n\n" + line + "\n");

    assertProblem("pairs.txt, line 3: " + problem, () -> CropSet.read(folder));
  }

  @Test
  void lfwsPairsKeepTheirFolds() throws IOException {
    Path crops = Files.createDirectories(folder.resolve("ada"));
    Image.ofRgb(SIDE, SIDE, new byte[3 * SIDE * SIDE]).writePng(crops.resolve("ada_0001.png"));
    Path pairs =
        Files.writeString(
            folder.resolve("list.txt"), "2 1\nada 1 1\nada 1 bao 1\nada 1 1\nada 1 bao 1\n");

    CropSet set = CropSet.read(pairs, folder);

    assertEquals(List.of(0, 0, 1, 1), set.pairs().stream().map(FacePair::fold).toList());
    // A crop that is not there makes its pairs wrong and is named.
    try (FacePipeline pipeline = pipeline(SIDE, new ConcurrentLinkedQueue<>())) {
      Map<Path, EvaluatedPhoto> results = set.embed(pipeline, ProgressListener.NONE);
      Path missing = folder.resolve("bao/bao_0001.jpg");
      assertEquals(
          missing + ": no such file; check the path", results.get(missing).error().orElseThrow());
      assertEquals(2, VerificationReport.of(set.pairs(), results).withoutFace());
    }
  }

  @Test
  void aCropOfAnotherSizeIsRefusedUnlessItIsResized() throws IOException {
    Path bin = Files.write(folder.resolve("lfw.bin"), pickled(pictures(2), true));
    CropSet set = CropSet.read(bin);
    ConcurrentLinkedQueue<Image> seen = new ConcurrentLinkedQueue<>();
    try (FacePipeline pipeline = pipeline(40, seen)) {
      assertProblem(
          bin + "#0 is 16x16, but by-sum was made for crops of 40x40 by ",
          () -> set.embed(pipeline, ProgressListener.NONE));
      assertProblem("16x16", () -> set.enlarged().embed(pipeline, ProgressListener.NONE));
      assertTrue(seen.isEmpty());

      assertEquals(2, set.resized().embed(pipeline, ProgressListener.NONE).size());
      assertEquals(40, seen.element().width());
    }
  }

  /**
   * {@code enlarged.png} was made by torchvision 0.14 and Pillow: Resize([128, 128]),
   * CenterCrop([112, 112]).
   */
  @Test
  void enlargedCropsAreFaceEvolves() throws IOException {
    byte[] rgb = new byte[3 * 112 * 112];
    for (int y = 0; y < 112; y++) {
      for (int x = 0; x < 112; x++) {
        int at = 3 * (112 * y + x);
        rgb[at] = (byte) (2 * x + y);
        rgb[at + 1] = (byte) (x + 2 * y);
        rgb[at + 2] = (byte) (x * y / 50);
      }
    }
    byte[] png = Image.ofRgb(112, 112, rgb).toPng();
    Path bin = Files.write(folder.resolve("lfw.bin"), pickled(List.of(png, png), true));
    ConcurrentLinkedQueue<Image> seen = new ConcurrentLinkedQueue<>();
    try (FacePipeline pipeline = pipeline(112, seen)) {
      CropSet.read(bin).enlarged().embed(pipeline, ProgressListener.NONE);
    }

    assertEquals(Image.read(resource("enlarged.png")), seen.element());
  }

  @Test
  void aDamagedCropOfAFileEndsTheRun() throws IOException {
    List<byte[]> pictures = pictures(4);
    pictures.set(2, "no picture".getBytes(StandardCharsets.UTF_8));
    Path bin = Files.write(folder.resolve("lfw.bin"), pickled(pictures, true, false));
    CropSet set = CropSet.read(bin);
    try (FacePipeline pipeline = pipeline(SIDE, new ConcurrentLinkedQueue<>())) {
      assertProblem(
          bin + ": crop 2 cannot be decoded", () -> set.embed(pipeline, ProgressListener.NONE));
    }
  }

  @Test
  void anInterruptEndsTheRun() throws IOException {
    Path bin = Files.write(folder.resolve("lfw.bin"), pickled(pictures(8), true, true, true, true));
    CropSet set = CropSet.read(bin);
    List<Long> heard = new ArrayList<>();
    try (FacePipeline pipeline = pipeline(SIDE, new ConcurrentLinkedQueue<>())) {
      assertProblem(
          "interrupted after 3 of 8 crops",
          () ->
              set.embed(
                  pipeline,
                  (done, total, item) -> {
                    heard.add(done);
                    if (done == 3) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    assertEquals(List.of(1L, 2L, 3L), heard);
  }

  private static List<Double> similarities(CropSet set) {
    try (FacePipeline pipeline = pipeline(SIDE, new ConcurrentLinkedQueue<>())) {
      return VerificationReport.of(set.pairs(), set.embed(pipeline, ProgressListener.NONE))
          .pairs()
          .stream()
          .map(VerificationReport.ScoredPair::similarity)
          .toList();
    }
  }

  private static void assertProblem(String problem, Executable reading) {
    FacePipelineException e = assertThrows(FacePipelineException.class, reading);
    assertTrue(String.valueOf(e.getMessage()).contains(problem), e.getMessage());
  }

  private static List<byte[]> pictures(int count) {
    List<byte[]> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] rgb = new byte[3 * SIDE * SIDE];
      for (int b = 0; b < rgb.length; b++) {
        rgb[b] = (byte) (b * b * 7 + 31 * i);
      }
      pictures.add(Image.ofRgb(SIDE, SIDE, rgb).toPng());
    }
    return pictures;
  }

  /** The crops of the files in the resources. */
  private static Image formula(int number) {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % SIDE;
      int y = i / 3 / SIDE;
      rgb[i] = (byte) (7 * x * y + 11 * y * y + 3 * x * x + 50 * number + 80 * (i % 3));
    }
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  private static List<byte[]> pngs(List<Image> pictures) {
    return pictures.stream().map(Image::toPng).toList();
  }

  /** A set as Python 3 pickles it in protocol 3. */
  private static byte[] pickled(List<byte[]> pictures, boolean... same) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 3, ']', '('});
    for (byte[] picture : pictures) {
      out.write('B');
      out.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(picture.length).array());
      out.writeBytes(picture);
    }
    out.writeBytes(new byte[] {'e', ']', '('});
    for (boolean one : same) {
      out.write(one ? 0x88 : 0x89);
    }
    out.writeBytes(new byte[] {'e', (byte) 0x86, '.'});
    return out.toByteArray();
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(CropSetTest.class.getResource("/crops/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An embedder of so many pixels a side that keeps what it sees. */
  private static FacePipeline pipeline(int side, ConcurrentLinkedQueue<Image> seen) {
    return FacePipeline.builder()
        .detector(new NoDetector())
        .embedder(new SumEmbedder(side, seen))
        .withoutClassifier()
        .parallelism(2)
        .build();
  }

  private static final class NoDetector implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      throw new AssertionError("nothing is detected in crops");
    }

    @Override
    public void close() {}
  }

  private static final class SumEmbedder implements FaceEmbedder {
    private final ModelCard card;
    private final ConcurrentLinkedQueue<Image> seen;

    SumEmbedder(int side, ConcurrentLinkedQueue<Image> seen) {
      card =
          ModelCard.builder("by-sum")
              .embeddingSize(4)
              .crop(CropSpec.arcFace(side))
              .sourceSha256("0123456789abcdef")
              .build();
      this.seen = seen;
    }

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream().map(this::embed).toList();
    }

    /** The sums of the red, green and blue bytes weighted by their places. */
    private Embedding embed(AlignedFace crop) {
      seen.add(crop.toImage());
      float[] sums = {0, 0, 0, 1};
      ByteBuffer rgb = crop.rgb();
      for (int i = 0; rgb.hasRemaining(); i++) {
        sums[i % 3] += (i % 7 - 3) * (rgb.get() & 0xff) / 255f;
      }
      return Embedding.of(card.fingerprint(), sums);
    }

    @Override
    public void close() {}
  }
}
