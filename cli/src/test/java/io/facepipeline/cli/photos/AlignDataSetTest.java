package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.AlbumStages;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of people becomes a folder of crops of the same people. */
final class AlignDataSetTest {
  private static final int FAILED_INPUTS = 1;
  private static final int WRONG_USAGE = 2;

  @TempDir Path folder;
  private Path photos;
  private Path crops;

  @BeforeEach
  void people() throws IOException {
    photos = folder.resolve("photos");
    crops = folder.resolve("crops");
    for (String name : List.of("ada", "bao")) {
      for (int i = 1; i <= 4; i++) {
        copy("people/" + name + "/" + name + "_" + i + ".jpg", name);
      }
    }
  }

  private void copy(String photo, String person) throws IOException {
    Path from = SharedData.album(photo);
    Files.copy(from, Files.createDirectories(photos.resolve(person)).resolve(from.getFileName()));
  }

  @Test
  void aSecondRunCutsOnlyWhatIsMissing() throws IOException {
    copy("groups/nobody.jpg", "ada");
    CountingStages first = new CountingStages(Integer.MAX_VALUE);
    CommandRun run = align(first, "--select", "only");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("8 crops of 8 photos"), run.out());
    assertEquals(9, first.detected.get());
    Map<String, byte[]> whole = files();
    assertEquals(8, whole.size());
    assertTrue(whole.containsKey("bao/bao_3.png"), whole.keySet().toString());

    CountingStages second = new CountingStages(Integer.MAX_VALUE);
    CommandRun again = align(second, "--select", "only");

    assertEquals(0, second.detected.get());
    assertTrue(again.out().contains("8 crops of 8 photos (9 of them done before)"), again.out());
    assertTrue(again.out().contains("no face        1"), again.out());

    Files.delete(crops.resolve("bao/bao_3.png"));
    Files.write(
        photos.resolve("ada/ada_1.jpg"),
        Files.readAllBytes(SharedData.album("people/ada/ada_2.jpg")));
    copy("people/chidi/chidi_1.jpg", "chidi");
    CountingStages third = new CountingStages(Integer.MAX_VALUE);
    align(third, "--select", "only");

    assertEquals(3, third.detected.get());
    assertArrayEquals(whole.get("bao/bao_3.png"), files().get("bao/bao_3.png"));
    assertArrayEquals(whole.get("ada/ada_2.png"), files().get("ada/ada_1.png"));
    assertTrue(files().containsKey("chidi/chidi_1.png"));
  }

  /** The machine stops in the fourth photo, in the middle of a file and of a line. */
  @Test
  void aRunThatBreaksOffContinuesWhereItStopped() throws IOException {
    CommandRun.with(new AlbumStages(), "align", "--out", crops, photos);
    Map<String, byte[]> whole = files();
    assertTrue(whole.containsKey("ada/ada_1_0.png"), whole.keySet().toString());
    delete(crops);

    CountingStages breaking = new CountingStages(3);
    assertThrows(StackOverflowError.class, () -> align(breaking, "--threads", 1));
    Path part = crops.resolve("ada/.ada_4_0.png.01234567-89ab-cdef-0123-456789abcdef.part");
    Files.write(part, new byte[] {1, 2, 3});
    Path record = crops.resolve(".facepipeline-align");
    Files.writeString(record, Files.readString(record) + "{\"image\":\"/some/wh");
    assertTrue(files().size() < whole.size());

    CountingStages rest = new CountingStages(Integer.MAX_VALUE);
    CommandRun run = align(rest);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(rest.detected.get() >= 5 && rest.detected.get() < 8, rest.detected + " photos");
    Map<String, byte[]> files = files();
    assertEquals(whole.keySet(), files.keySet());
    whole.forEach((name, bytes) -> assertArrayEquals(bytes, files.get(name), name));
    assertFalse(Files.exists(part));
    assertEquals(9, Files.readAllLines(record).size());
  }

  @Test
  void theTableTellsWhatWasLeftOutAndWhy() throws IOException {
    copy("groups/nobody.jpg", "ada");
    copy("groups/group_1.jpg", "bao");
    Files.writeString(photos.resolve("bao/broken.jpg"), "no picture");
    Path table = folder.resolve("out.csv");

    CommandRun run = align(new AlbumStages(), "--select", "only", "--left-out", table);

    assertEquals(FAILED_INPUTS, run.exitCode());
    List<String> lines = Files.readAllLines(table);
    assertEquals("image,faces,crops,reason,detail", lines.get(0));
    assertEquals(photos + "/ada/nobody.jpg,0,0,no face,", lines.get(1));
    assertEquals(
        photos + "/bao/group_1.jpg,4,0,several faces,\"4 faces, --select only\"", lines.get(3));
    assertTrue(lines.get(2).startsWith(photos + "/bao/broken.jpg,0,0,failed,"), lines.get(2));
    assertEquals(4, lines.size());
    assertTrue(run.out().contains("8 crops of 8 photos"), run.out());
    assertTrue(run.out().contains("left out: 3 of 11 photos"), run.out());
    assertTrue(run.err().contains("broken.jpg"), run.err());

    // The broken photo is tried again, and found to be whole now.
    Files.copy(
        SharedData.album("people/bao/bao_1.jpg"),
        photos.resolve("bao/broken.jpg"),
        StandardCopyOption.REPLACE_EXISTING);
    CommandRun mended = align(new AlbumStages(), "--select", "only", "--left-out", table);
    assertEquals(0, mended.exitCode(), mended.err());
    assertEquals(3, Files.readAllLines(table).size());
  }

  @Test
  void aFaceOfSeveralIsChosenAndTold() throws IOException {
    copy("groups/group_1.jpg", "group");
    Path table = folder.resolve("out.csv");

    CommandRun largest = align(new AlbumStages(), "--select", "largest", "--left-out", table);

    assertTrue(largest.out().contains("1 photo with faces that were not cut"), largest.out());
    assertEquals(
        photos + "/group/group_1.jpg,4,1,several faces,\"4 faces, --select largest\"",
        Files.readAllLines(table).get(1));
    assertTrue(Files.exists(crops.resolve("group/group_1.png")));

    delete(crops);
    CommandRun small = align(new AlbumStages(), "--min-side", 2000, "--left-out", table);
    assertEquals(0, small.exitCode(), small.err());
    assertEquals(
        photos + "/ada/ada_1.jpg,1,0,too small,1 of 1 face below 2000 pixels",
        Files.readAllLines(table).get(1));
    assertEquals(Map.of(), files());
  }

  @Test
  void cropsOfOtherSettingsAreNotMixed() throws IOException {
    align(new AlbumStages());
    Map<String, byte[]> before = files();

    CommandRun other = align(new AlbumStages(), "--size", 96);

    assertEquals(WRONG_USAGE, other.exitCode());
    assertTrue(other.err().contains("has crops of other settings (112x112"), other.err());
    assertTrue(other.err().contains("; now: 96x96"), other.err());
    assertFalse(other.err().contains("all faces"), other.err());
    assertArrayEquals(before.get("ada/ada_1_0.png"), files().get("ada/ada_1_0.png"));

    Path ada = photos.resolve("ada");
    CommandRun part = CommandRun.of("align", "--out", crops, "--size", 96, "--again", ada);
    assertEquals(WRONG_USAGE, part.exitCode());
    assertTrue(part.err().contains("photos that are not given now"), part.err());

    CommandRun again = align(new AlbumStages(), "--size", 96, "--again");
    assertEquals(0, again.exitCode(), again.err());
    assertEquals(96, Image.read(crops.resolve("ada/ada_1_0.png")).width());
  }

  @Test
  void aRunThatCutNothingSettlesNothing() {
    assertEquals(
        FAILED_INPUTS, CommandRun.of("align", "--out", crops, folder.resolve("no")).exitCode());

    CommandRun other = align(new AlbumStages(), "--select", "center");

    assertEquals(0, other.exitCode(), other.err());
    assertEquals(0, align(new AlbumStages(), "--select", "center").exitCode());
    assertEquals(WRONG_USAGE, align(new AlbumStages(), "--select", "only").exitCode());
  }

  @Test
  void cropsDoNotGoAmongThePhotos() {
    for (Path among : List.of(photos, photos.resolve("ada"), photos.resolve("crops/new"))) {
      CommandRun run = CommandRun.of("align", "--out", among, photos);
      assertEquals(WRONG_USAGE, run.exitCode());
      assertTrue(run.err().contains("--out " + among + " is inside " + photos), run.err());
    }
  }

  @Test
  void optionsThatARuleDoesNotUseAreRefused() {
    CommandRun margin = align(new AlbumStages(), "--margin", 10);
    assertEquals(WRONG_USAGE, margin.exitCode());
    assertTrue(margin.err().contains("the rule is similarity"), margin.err());
    CommandRun size = align(new AlbumStages(), "--rule", "lightcnn", "--size", 96);
    assertEquals(WRONG_USAGE, size.exitCode());
    assertTrue(size.err().contains("cuts to 128 pixels, got 96"), size.err());
  }

  /** A photo of four faces becomes one of one face, and then one of nobody. */
  @Test
  void cropsThatAPhotoNoLongerHasAreDeleted() throws IOException {
    copy("groups/group_1.jpg", "ada");
    Path photo = photos.resolve("ada/group_1.jpg");
    align(new AlbumStages());
    assertTrue(files().containsKey("ada/group_1_3.png"));

    Files.write(photo, Files.readAllBytes(SharedData.album("people/ada/ada_2.jpg")));
    align(new AlbumStages());
    assertTrue(files().containsKey("ada/group_1_0.png"));
    assertFalse(files().containsKey("ada/group_1_1.png"));

    Files.write(photo, Files.readAllBytes(SharedData.album("groups/nobody.jpg")));
    align(new AlbumStages(), "--again");
    assertFalse(files().containsKey("ada/group_1_0.png"));
    assertEquals(8, files().size());
  }

  @Test
  void aDamagedRecordIsNamed() throws IOException {
    align(new AlbumStages());
    Path record = crops.resolve(".facepipeline-align");
    List<String> lines = Files.readAllLines(record);
    for (String line : List.of("{\"image\":", "{}", "7", "")) {
      Files.write(record, List.of(lines.get(0), line, lines.get(1)));
      CommandRun run = align(new AlbumStages());
      assertEquals(WRONG_USAGE, run.exitCode(), line);
      assertTrue(run.err().contains(record + " is damaged at"), run.err());
    }
    Files.delete(record);
    assertEquals(0, align(new AlbumStages()).exitCode());
  }

  @Test
  void anEmbeddersCardSaysHowFacesAreCut() {
    StageFactory margin =
        new CountingStages(Integer.MAX_VALUE) {
          @Override
          public FaceEmbedder embedder(StageOptions options) {
            return new Carded(CropSpec.margin(160, 14));
          }
        };

    CommandRun run = align(margin, "--embedder", "facenet-vggface2");
    CommandRun both = align(margin, "--embedder", "facenet-vggface2", "--size", 96);

    assertEquals(0, run.exitCode(), run.err());
    Path asRule = folder.resolve("margin");
    CommandRun.of("align", "--out", asRule, "--rule", "margin", photos);
    assertEquals(
        Image.read(asRule.resolve("ada/ada_1_0.png")),
        Image.read(crops.resolve("ada/ada_1_0.png")));
    assertEquals(WRONG_USAGE, both.exitCode());
    assertTrue(both.err().contains("--size and --embedder both say"), both.err());
  }

  @Test
  void theRecordIsNoPhotoAndNotWorthAWord() {
    align(new AlbumStages(), "--select", "only");

    PhotoFolder scanned = PhotoFolder.scan(crops);

    assertEquals(List.of(), scanned.skipped());
    assertEquals(8, scanned.photos().size());
    assertEquals(2, scanned.people().size());
  }

  private CommandRun align(StageFactory stages, Object... options) {
    Object[] all = Stream.concat(Stream.of("align", "--out", crops), Stream.of(options)).toArray();
    return CommandRun.with(stages, Stream.concat(Stream.of(all), Stream.of(photos)).toArray());
  }

  /** The crops by name; no hidden files. */
  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(crops)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".png")).toList()) {
        files.put(crops.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The album's stages, whose detector fails for good after some photos. */
  private static class CountingStages implements StageFactory {
    private final AlbumStages album = new AlbumStages();
    private final AtomicInteger detected = new AtomicInteger();
    private final int most;

    CountingStages(int most) {
      this.most = most;
    }

    @Override
    public FaceDetector detector(StageOptions options) {
      FaceDetector detector = album.detector(options);
      return new FaceDetector() {
        @Override
        public List<Face> detect(Image image) {
          if (detected.incrementAndGet() > most) {
            throw new StackOverflowError("as if the machine had stopped");
          }
          return detector.detect(image);
        }

        @Override
        public void close() {
          detector.close();
        }
      };
    }

    @Override
    public FaceEmbedder embedder(StageOptions options) {
      return album.embedder(options);
    }

    @Override
    public boolean knowsEmbedder(String id) {
      return album.knowsEmbedder(id);
    }

    @Override
    public List<String> embeddersAtHand(StageOptions options) {
      return album.embeddersAtHand(options);
    }
  }

  /** A model of which only the card is wanted. */
  private record Carded(CropSpec spec) implements FaceEmbedder {
    @Override
    public ModelCard card() {
      return ModelCard.builder("carded")
          .embeddingSize(4)
          .crop(spec)
          .sourceSha256("0123456789abcdef")
          .build();
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      throw new AssertionError("nothing is embedded");
    }

    @Override
    public void close() {}
  }
}
