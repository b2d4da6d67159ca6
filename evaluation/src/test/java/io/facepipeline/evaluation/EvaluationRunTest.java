package io.facepipeline.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluationRunTest {
  private static final int PHOTOS = 300;

  @TempDir Path folder;
  private final AtomicInteger detected = new AtomicInteger();

  @Test
  void embedsTheFaceThatIsMeantOfEachPhoto() throws IOException {
    List<Path> photos = photos(5);
    List<Long> seen = new ArrayList<>();
    try (FacePipeline pipeline = pipeline()) {
      Map<Path, EvaluationRun.EvaluatedPhoto> results =
          EvaluationRun.of(pipeline)
              .withListener(
                  (done, total, item) -> {
                    assertEquals(5, total);
                    seen.add(done);
                  })
              .embed(photos);

      assertEquals(photos, List.copyOf(results.keySet()));
      assertEquals(List.of(1L, 2L, 3L, 4L, 5L), seen);
      // The black photo has no face, the others one of their brightness.
      assertTrue(results.get(photos.get(0)).embedding().isEmpty());
      assertTrue(results.get(photos.get(0)).error().isEmpty());
      for (int i = 1; i < 5; i++) {
        EvaluationRun.EvaluatedPhoto photo = results.get(photos.get(i));
        assertEquals(1, photo.faces().size());
        assertEquals(vector(i), photo.embedding().orElseThrow());
      }
    }
  }

  @Test
  void aPhotoThatCannotBeUsedIsReportedForItself() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.jpg"), "no picture");
    Path absent = folder.resolve("absent.jpg");
    List<Path> photos = new ArrayList<>(photos(2));
    photos.add(broken);
    photos.add(absent);
    try (FacePipeline pipeline = pipeline()) {
      Map<Path, EvaluationRun.EvaluatedPhoto> results =
          EvaluationRun.of(pipeline).withCache(folder, "s").detect(photos);

      assertEquals(1, results.get(photos.get(1)).faces().size());
      assertTrue(results.get(broken).error().orElseThrow().contains(broken.toString()));
      assertTrue(results.get(absent).error().orElseThrow().contains("no such file"));
    }
  }

  @Test
  void anInterruptedRunGoesOnWhereItStopped() throws IOException {
    List<Path> photos = photos(PHOTOS);
    Path cache = folder.resolve("cache");
    Thread caller = Thread.currentThread();
    try (FacePipeline pipeline = pipeline()) {
      EvaluationRun run = EvaluationRun.of(pipeline).withCache(cache, "settings");
      EvaluationRun interrupted =
          run.withListener(
              (done, total, item) -> {
                if (done == 10) {
                  caller.interrupt();
                }
              });
      assertThrows(EvaluationInterruptedException.class, () -> interrupted.embed(photos));
      int before = detected.get();
      assertTrue(before >= 10 && before < PHOTOS, "detected " + before);
      assertFalse(Thread.interrupted());

      Map<Path, EvaluationRun.EvaluatedPhoto> results = run.embed(photos);

      assertEquals(PHOTOS, detected.get(), "each photo once in both runs");
      assertEquals(vector(7), results.get(photos.get(7)).embedding().orElseThrow());
      Map<Path, EvaluationRun.EvaluatedPhoto> again = run.embed(photos);
      assertEquals(PHOTOS, detected.get());
      for (Path photo : photos) {
        assertEquals(results.get(photo).faces(), again.get(photo).faces());
        assertEquals(results.get(photo).embedding(), again.get(photo).embedding());
      }
    }
  }

  @Test
  void otherSettingsFindNothingOfThese() throws IOException {
    List<Path> photos = photos(3);
    Path cache = folder.resolve("cache");
    try (FacePipeline pipeline = pipeline()) {
      for (String settings : List.of("minimum face 20", "minimum face 40", "minimum face 20")) {
        EvaluationRun.of(pipeline).withCache(cache, settings).detect(photos);
      }
    }
    assertEquals(6, detected.get());
  }

  @Test
  void aDamagedFileIsComputedAnew() throws IOException {
    List<Path> photos = photos(2);
    Path folderOfCache = folder.resolve("cache");
    try (FacePipeline pipeline = pipeline()) {
      EvaluationRun run = EvaluationRun.of(pipeline).withCache(folderOfCache, "s");
      Map<Path, EvaluationRun.EvaluatedPhoto> first = run.embed(photos);
      for (Path file : files(folderOfCache)) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
      }

      Map<Path, EvaluationRun.EvaluatedPhoto> second = run.embed(photos);

      assertEquals(4, detected.get());
      assertEquals(first.get(photos.get(1)).embedding(), second.get(photos.get(1)).embedding());
      run.embed(photos);
      assertEquals(4, detected.get(), "what was computed anew is stored");
    }
  }

  private List<Path> photos(int count) throws IOException {
    List<Path> photos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[32 * 32 * 3];
      for (int k = 0; k < pixels.length; k += 3) {
        pixels[k] = (byte) (i / 100);
        pixels[k + 1] = (byte) (i % 100);
      }
      Path file = folder.resolve(i + ".png");
      Image.ofRgb(32, 32, pixels).writePng(file);
      photos.add(file);
    }
    return photos;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static int number(int rgb) {
    return (rgb >> 16 & 0xFF) * 100 + (rgb >> 8 & 0xFF);
  }

  private static Embedding vector(int number) {
    return Embedding.of(Embedder.CARD.fingerprint(), new float[] {number, 1, 0, 0});
  }

  private FacePipeline pipeline() {
    FaceDetector detector =
        new FaceDetector() {
          @Override
          public List<Face> detect(Image image) {
            detected.incrementAndGet();
            int number = number(image.rgbAt(0, 0));
            Landmarks landmarks = Landmarks.of(10, 10, 20, 10, 15, 15, 11, 20, 19, 20);
            return number == 0
                ? List.of()
                : List.of(new Face(new Box(5, 5, 25, 25), landmarks, 0.9f));
          }

          @Override
          public void close() {}
        };
    return FacePipeline.builder()
        .detector(detector)
        .embedder(new Embedder())
        .withoutClassifier()
        .selection(FaceSelection.largest())
        .parallelism(2)
        .build();
  }

  private static final class Embedder implements FaceEmbedder {
    static final ModelCard CARD =
        ModelCard.builder("number")
            .embeddingSize(4)
            .crop(CropSpec.arcFace(112))
            .sourceSha256("0123456789abcdef")
            .build();

    @Override
    public ModelCard card() {
      return CARD;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream().map(crop -> vector(number(crop.toImage().rgbAt(56, 70)))).toList();
    }

    @Override
    public void close() {}
  }
}
