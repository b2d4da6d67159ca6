package io.facepipeline.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.ClassifierTrainer.PhotoPolicy;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.classify.augment.Augmentation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training on a folder, with a detector that takes every square of 40 pixels for a face and an
 * embedder that goes by the colors of a crop's corners and center.
 */
final class TrainFromDirectoryTest {
  private static final int[] COLORS = {0xE02020, 0x20C020, 0x3030F0, 0xD0D020};

  @TempDir Path folder;
  private Path people;
  private final AtomicInteger detected = new AtomicInteger();
  private final AtomicInteger embedded = new AtomicInteger();

  @BeforeEach
  void makePhotos() throws IOException {
    people = folder.resolve("people");
    for (int person = 0; person < COLORS.length; person++) {
      Path own = Files.createDirectories(people.resolve("person " + person));
      for (int photo = 0; photo < 4; photo++) {
        photo(COLORS[person] + photo * 0x050302, 1).writePng(own.resolve(photo + ".png"));
      }
    }
  }

  private static Image photo(int color, int faces) {
    byte[] rgb = new byte[40 * 40 * faces * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (color >> 16);
      rgb[i + 1] = (byte) (color >> 8);
      rgb[i + 2] = (byte) (color + i % 7);
    }
    return Image.ofRgb(40 * faces, 40, rgb);
  }

  private FacePipeline pipeline() {
    return FacePipeline.builder()
        .detector(new Squares())
        .embedder(new Colors())
        .parallelism(1)
        .build();
  }

  private TrainingResult train(ClassifierTrainer trainer) {
    try (FacePipeline pipeline = pipeline()) {
      return trainer.fromDirectory(pipeline, people);
    }
  }

  private Map<String, PhotoNote> notes(TrainingReport report) {
    Map<String, PhotoNote> notes = new TreeMap<>();
    report.notes().forEach(n -> notes.put(people.relativize(n.file()).toString(), n));
    return notes;
  }

  private void addOddFiles() throws IOException {
    Path zero = people.resolve("person 0");
    photo(0, 1).crop(0, 0, 20, 20).writePng(zero.resolve("nobody.png"));
    photo(COLORS[0] + 0x0A0A0A, 2).writePng(zero.resolve("two.png"));
    Files.writeString(zero.resolve("broken.jpg"), "no photo");
    Files.copy(zero.resolve("1.png"), zero.resolve("same.png"));
    Files.writeString(zero.resolve("notes.txt"), "words");
    photo(0x808080, 1).writePng(people.resolve("stray.png"));
  }

  @Test
  void namesThePeopleOfTheFolders() {
    TrainingResult result = train(ClassifierKind.CENTROID.trainer());
    assertEquals(
        List.of("person 0", "person 1", "person 2", "person 3"), result.classifier().labels());
    assertEquals(1, result.report().accuracy());
    assertEquals(List.of(), result.report().notes());
    try (FacePipeline pipeline = pipeline()) {
      Embedding probe = pipeline.embed(photo(COLORS[2] + 0x010101, 1)).get(0).embedding();
      assertEquals("person 2", result.classifier().classify(probe).label());
    }
  }

  @Test
  void everyFileThatIsNotUsedIsListed() throws IOException {
    addOddFiles();
    TrainingReport report = train(ClassifierKind.CENTROID.trainer()).report();
    Map<String, PhotoNote> notes = notes(report);
    assertEquals(6, notes.size(), notes.toString());
    assertEquals(PhotoNote.Reason.NO_FACE, notes.get("person 0/nobody.png").reason());
    assertEquals(PhotoNote.Reason.SEVERAL_FACES, notes.get("person 0/two.png").reason());
    assertEquals(PhotoNote.Reason.UNREADABLE, notes.get("person 0/broken.jpg").reason());
    assertEquals(PhotoNote.Reason.DUPLICATE, notes.get("person 0/same.png").reason());
    assertEquals(PhotoNote.Reason.NOT_A_PHOTO, notes.get("person 0/notes.txt").reason());
    assertEquals(PhotoNote.Reason.OF_NOBODY, notes.get("stray.png").reason());
    assertTrue(notes.values().stream().noneMatch(PhotoNote::used));
    assertEquals(16, report.summary().photos());
    notes.values().forEach(n -> assertTrue(report.text().contains(n.file().toString())));
  }

  @Test
  void theLargestOfSeveralFacesIsUsedIfThePolicyIsSo() throws IOException {
    addOddFiles();
    TrainingReport report =
        train(ClassifierKind.CENTROID.trainer().photoPolicy(PhotoPolicy.LARGEST)).report();
    assertTrue(notes(report).get("person 0/two.png").used());
    assertEquals(17, report.summary().photos());
  }

  @Test
  void oddPhotosEndTheTrainingIfThePolicyIsSo() throws IOException {
    addOddFiles();
    ClassifierException e =
        assertThrows(
            ClassifierException.class,
            () -> train(ClassifierKind.CENTROID.trainer().photoPolicy(PhotoPolicy.FAIL)));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().startsWith("3 photos cannot be used"), e.getMessage());
    assertTrue(e.getMessage().contains("nobody.png") && e.getMessage().contains("two.png"));
  }

  @Test
  void onePhotoOfTwoPeopleIsRefused() throws IOException {
    Files.copy(people.resolve("person 0/1.png"), people.resolve("person 1/mine.png"));
    ClassifierException e =
        assertThrows(ClassifierException.class, () -> train(ClassifierKind.CENTROID.trainer()));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("the same photo in two people's folders"), e.getMessage());
  }

  @Test
  void aFolderWithoutPeopleIsRefused() throws IOException {
    people = Files.createDirectories(folder.resolve("empty"));
    assertEquals(
        ClassifierException.Reason.UNTRAINABLE,
        assertThrows(ClassifierException.class, () -> train(ClassifierKind.CENTROID.trainer()))
            .reason());
    people = folder.resolve("absent");
    ClassifierException e =
        assertThrows(ClassifierException.class, () -> train(ClassifierKind.CENTROID.trainer()));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("absent is not a folder"), e.getMessage());
  }

  @Test
  void whatIsInTheCacheIsNotComputedAgain() throws IOException {
    Path cache = folder.resolve("cache");
    Augmentation copies = Augmentation.standardBuilder().copies(2).samplePairing(0.5).build();
    TrainingResult first =
        train(ClassifierKind.CENTROID.trainer().cache(cache).augmentation(copies));
    assertEquals(16, detected.get());
    assertEquals(16 * 3, embedded.get());
    assertEquals(16 * 3, first.report().summary().embeddings());

    TrainingResult second =
        train(ClassifierKind.CENTROID.trainer().cache(cache).augmentation(copies));
    assertEquals(16, detected.get());
    assertEquals(16 * 3, embedded.get());
    assertEquals(first.classifier(), second.classifier());
    assertEquals(
        first.classifier(),
        train(ClassifierKind.CENTROID.trainer().augmentation(copies)).classifier());

    // A new photo and a damaged entry are computed, and nothing else without copies.
    photo(COLORS[1] + 0x0B0B0B, 1).writePng(people.resolve("person 1/new.png"));
    detected.set(0);
    embedded.set(0);
    train(ClassifierKind.CENTROID.trainer().cache(cache));
    assertEquals(1, detected.get());
    assertEquals(1, embedded.get());
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
    TrainingResult third = train(ClassifierKind.CENTROID.trainer().cache(cache));
    assertEquals(18, detected.get());
    assertEquals(third.classifier(), train(ClassifierKind.CENTROID.trainer()).classifier());
  }

  @Test
  void anInterruptedTrainingGoesOnWhereItWas() {
    Path cache = folder.resolve("cache");
    assertThrows(
        IllegalStateException.class,
        () ->
            train(
                ClassifierKind.CENTROID
                    .trainer()
                    .cache(cache)
                    .progress(
                        (done, total, item) -> {
                          if (done == 7) {
                            throw new IllegalStateException("interrupted");
                          }
                        })));
    assertEquals(7, detected.get());
    train(ClassifierKind.CENTROID.trainer().cache(cache));
    assertEquals(16, detected.get());
  }

  @Test
  void copiesChangeWhatIsLearned() {
    Augmentation copies = Augmentation.standard();
    List<String> items = new ArrayList<>();
    TrainingResult with =
        train(
            ClassifierKind.CENTROID
                .trainer()
                .augmentation(copies)
                .progress((done, total, item) -> items.add(done + "/" + total)));
    assertEquals(80, with.report().summary().embeddings());
    assertEquals(16, with.report().summary().photos());
    assertEquals(copies.id(), with.classifier().summary().augmentation());
    assertNotEquals(with.classifier(), train(ClassifierKind.CENTROID.trainer()).classifier());
    assertEquals("1/32", items.get(0));
    assertTrue(items.contains("32/32"), items.toString());
  }

  private final class Squares implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      detected.incrementAndGet();
      List<Face> faces = new ArrayList<>();
      for (int x = 0; x + 40 <= image.width(); x += 40) {
        faces.add(
            new Face(
                new Box(x, 0, x + 40, 40),
                Landmarks.of(x + 12, 15, x + 28, 15, x + 20, 22, x + 14, 30, x + 26, 30),
                0.9f));
      }
      return faces;
    }

    @Override
    public String toString() {
      return "squares";
    }

    @Override
    public void close() {}
  }

  private final class Colors implements FaceEmbedder {
    private final ModelCard card =
        ModelCard.builder("colors")
            .embeddingSize(4)
            .crop(CropSpec.margin(16, 0))
            .sourceSha256("0123456789abcdef")
            .build();

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      embedded.addAndGet(crops.size());
      return crops.stream().map(this::embed).toList();
    }

    private Embedding embed(AlignedFace crop) {
      float[] vector = new float[4];
      ByteBuffer rgb = crop.rgb();
      for (int i = 0; rgb.hasRemaining(); i++) {
        vector[i % 3] += (rgb.get() & 0xFF) - 110;
      }
      vector[3] = (crop.rgb().get(0) & 0xFF) - (crop.rgb().get(30) & 0xFF) + 1;
      return Embedding.of(card.fingerprint(), vector);
    }

    @Override
    public String toString() {
      return "colors";
    }

    @Override
    public void close() {}
  }
}
