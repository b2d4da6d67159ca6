package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryQuery.Aggregation;
import io.facepipeline.gallery.log.LogFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With codes, a gallery answers as without, to the last bit, whatever has happened to it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the file is not mapped there: no codes")
final class GalleryCodesTest {
  private static final String CODES = "faces.codes";

  @TempDir Path folder;

  private final List<Embedding> seen = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"3, 1", "33, 2", "128, 3", "512, 4"})
  void answersAsWithoutCodesThroughoutAHistory(int dimensions, long seed) throws IOException {
    Random random = new Random(seed);
    ModelCard card = card(dimensions);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 400));
    }
    for (int round = 0; round < 4; round++) {
      try (Gallery gallery = open(card)) {
        assertTrue(Files.size(folder.resolve(CODES)) > 0);
        assertSameAnswers(gallery, random, card);
        for (int i = 0; i < 60; i++) {
          change(gallery, random, card);
        }
        assertSameAnswers(gallery, random, card);
        if (round == 1) {
          gallery.compact(ProgressListener.NONE);
          assertSameAnswers(gallery, random, card);
          change(gallery, random, card);
          assertSameAnswers(gallery, random, card);
        }
      }
    }
  }

  private static void change(Gallery gallery, Random random, ModelCard card) {
    String label = "p" + random.nextInt(400);
    switch (random.nextInt(6)) {
      case 0 -> gallery.remove(label);
      case 1 -> gallery.replace(Enrollment.of(label, List.of(random(random, card))));
      case 2 -> {
        List<GalleryPerson.EnrolledFace> faces = gallery.faces(label);
        if (!faces.isEmpty()) {
          gallery.removeFace(faces.get(random.nextInt(faces.size())).id());
        }
      }
      case 3 -> {
        String into = "p" + random.nextInt(400);
        if (!into.equals(label)
            && gallery.person(label).isPresent()
            && gallery.person(into).isPresent()) {
          gallery.merge(label, into);
        }
      }
      case 4 -> gallery.enrollAll(List.of(Enrollment.of(label, List.of(random(random, card)))));
      default -> {
        List<Embedding> other = gallery.embeddings("p" + random.nextInt(400));
        if (!other.isEmpty()) {
          gallery.enrollAll(List.of(Enrollment.of(label, other))); // somebody's double
        }
      }
    }
  }

  /** People of whom many are alike, some the same, and some of one dimension alone. */
  private List<Enrollment> people(Random random, ModelCard card, int count) {
    List<Enrollment> people = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      List<Embedding> faces = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        faces.add(face(random, card));
      }
      seen.addAll(faces);
      people.add(new Enrollment("p" + p, faces, Map.of("team", "t" + p % 7)));
    }
    return people;
  }

  private Embedding face(Random random, ModelCard card) {
    float[] vector = new float[card.embeddingSize()];
    switch (seen.isEmpty() ? 5 : random.nextInt(6)) {
      case 0 -> {
        return seen.get(random.nextInt(seen.size()));
      }
      case 1 -> {
        System.arraycopy(
            seen.get(random.nextInt(seen.size())).toArray(), 0, vector, 0, vector.length);
        vector[random.nextInt(vector.length)] *= 1 + 1e-6f;
      }
      case 2 -> vector[random.nextInt(vector.length)] = random.nextBoolean() ? 1 : -1;
      case 3 -> {
        float[] near = seen.get(random.nextInt(seen.size())).toArray();
        for (int d = 0; d < vector.length; d++) {
          vector[d] = near[d] + (float) random.nextGaussian() * 0.02f;
        }
      }
      default -> {
        return random(random, card);
      }
    }
    return Embedding.of(card.fingerprint(), vector);
  }

  private void assertSameAnswers(Gallery gallery, Random random, ModelCard card) {
    List<Embedding> probes = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      probes.add(face(random, card));
    }
    try (Gallery plain =
        Gallery.in(folder).readOnly().parallelism(1).codesFrom(Integer.MAX_VALUE).open()) {
      for (int count : new int[] {1, 5, 40, 256, 300}) {
        GalleryQuery best = GalleryQuery.top(count);
        assertSame(plain, gallery, probes, best);
        assertSame(plain, gallery, probes.subList(0, 1), best);
        assertSame(plain, gallery, probes, best.withAggregation(Aggregation.MEAN));
        assertSame(
            plain,
            gallery,
            probes,
            best.withFilter(person -> "t3".equals(person.metadata().get("team"))));
      }
      assertEquals(plain.classifyAll(probes), gallery.classifyAll(probes));
    }
  }

  private static void assertSame(
      Gallery plain, Gallery coded, List<Embedding> probes, GalleryQuery query) {
    assertEquals(
        plain.searchAll(probes, query), coded.searchAll(probes, query), () -> query.toString());
  }

  /** The file is used as it is, by who reads alone as well, and made anew if it is damaged. */
  @Test
  void theFileIsMadeOnceAndAgainWhenItIsDamaged() throws IOException {
    ModelCard card = card(64);
    Random random = new Random(9);
    Path codes = folder.resolve(CODES);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 400));
      assertFalse(Files.exists(codes), "the faces of this opening are in memory");
    }
    try (Gallery gallery = Gallery.in(folder).readOnly().codesFrom(1).open()) {
      assertSameAnswers(gallery, random, card);
    }
    assertFalse(Files.exists(codes), "reading alone writes nothing");
    open(card).close();
    byte[] whole = Files.readAllBytes(codes);
    var file = Files.readAttributes(codes, BasicFileAttributes.class);
    open(card).close();
    assertEquals(file.fileKey(), Files.readAttributes(codes, BasicFileAttributes.class).fileKey());
    try (Gallery gallery = Gallery.in(folder).readOnly().codesFrom(1).open()) {
      assertSameAnswers(gallery, random, card);
    }
    for (int damage = 0; damage < 40; damage++) {
      byte[] damaged = whole.clone();
      if (damage % 4 == 0) {
        damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      } else {
        int at = damage % 4 == 1 ? random.nextInt(60) : random.nextInt(whole.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(codes, damaged);
      try (Gallery gallery = Gallery.in(folder).readOnly().codesFrom(1).open()) {
        assertSameAnswers(gallery, random, card);
      }
      try (Gallery gallery = open(card)) {
        assertSameAnswers(gallery, random, card);
      }
    }
  }

  /** A copy of the log that was put back has other faces where those of the codes were. */
  @Test
  void codesOfALaterStateAreNotTakenForThoseOfAnOlderOne() throws IOException {
    ModelCard card = card(64);
    Random random = new Random(10);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 300));
    }
    byte[] log = Files.readAllBytes(folder.resolve("faces.log"));
    byte[] end = Files.readAllBytes(folder.resolve("faces.end"));
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(List.of(Enrollment.of("x1", List.of(random(random, card)))));
    }
    Files.delete(folder.resolve(CODES));
    open(card).close();
    Files.write(folder.resolve("faces.log"), log);
    Files.write(folder.resolve("faces.end"), end);
    byte[] codes = Files.readAllBytes(folder.resolve(CODES));
    try (Gallery gallery = Gallery.in(folder).model(card).codesFrom(Integer.MAX_VALUE).open()) {
      gallery.enrollAll(List.of(Enrollment.of("x2", List.of(random(random, card)))));
    }
    Files.write(folder.resolve(CODES), codes);
    try (Gallery gallery = open(card)) {
      assertEquals("x2", gallery.search(gallery.embeddings("x2").get(0), 1).get(0).label());
      assertSameAnswers(gallery, random, card);
    }
  }

  /** The codes of somebody who was removed are gone with the vectors. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5000})
  void aFileThatIsCutWhileItIsUsedIsDoneWithout(int length) throws IOException {
    Random random = new Random(length);
    ModelCard card = card(64);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 600));
    }
    try (Gallery gallery = open(card);
        Gallery reading = Gallery.in(folder).readOnly().codesFrom(1).open()) {
      try (RandomAccessFile file = new RandomAccessFile(folder.resolve(CODES).toFile(), "rw")) {
        file.setLength(length);
      }
      assertSameAnswers(reading, random, card);
      gallery.remove("p3");
      for (int i = 0; i < 30; i++) {
        change(gallery, random, card);
      }
      assertSameAnswers(gallery, random, card);
    }
    try (Gallery gallery = open(card)) {
      assertTrue(Files.size(folder.resolve(CODES)) > 5000);
      assertSameAnswers(gallery, random, card);
    }
  }

  @Test
  void aCompactedFolderHoldsNoCodesOfWhoWasRemoved() throws IOException {
    ModelCard card = card(64);
    Random random = new Random(11);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 300));
    }
    byte[] word;
    try (Gallery gallery = open(card)) {
      byte[] codes = Files.readAllBytes(folder.resolve(CODES));
      word = Arrays.copyOfRange(codes, 4096, 4096 + 3 * 4); // of the first three faces
      gallery.remove("p0");
      gallery.remove("p1");
      gallery.remove("p2");
      gallery.compact(ProgressListener.NONE);
      byte[] compacted = Files.readAllBytes(folder.resolve(CODES));
      assertFalse(Arrays.equals(word, Arrays.copyOfRange(compacted, 4096, 4096 + 3 * 4)));
      assertSameAnswers(gallery, random, card);
    }
    // Without codes from now on, so none are left behind either.
    try (Gallery gallery = Gallery.in(folder).model(card).codesFrom(Integer.MAX_VALUE).open()) {
      assertFalse(Files.exists(folder.resolve(CODES)));
      gallery.remove("p3");
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.filter(f -> f.toString().contains("codes")).toList());
    }
  }

  /** Room for the faces, but not for their codes. */
  @Test
  void aDiskThatIsFullOfFacesLeavesTheGalleryWithoutCodes() throws IOException {
    ModelCard card = card(64);
    Random random = new Random(12);
    try (Gallery gallery = open(card)) {
      gallery.enrollAll(people(random, card, 300));
    }
    LogFile.Opener full =
        path -> {
          FullDisk none = new FullDisk(5_000, true);
          return path.toString().contains(CODES) ? none.open(path) : LogFile.open(path);
        };
    GalleryBuilder builder = Gallery.in(folder).model(card).codesFrom(1);
    try (Gallery gallery = builder.open(full)) {
      assertSameAnswers(gallery, random, card);
      gallery.compact(ProgressListener.NONE);
      assertSameAnswers(gallery, random, card);
      try (var files = Files.list(folder)) {
        assertEquals(List.of(), files.filter(f -> f.toString().contains("codes")).toList());
      }
    }
  }

  @Test
  void thereMustBeAPositiveNumberOfFaces() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Gallery.in(folder).codesFrom(0));
    assertTrue(e.getMessage().endsWith("must be positive, got 0"), e.getMessage());
  }

  private Gallery open(ModelCard card) {
    return Gallery.in(folder).model(card).threshold(0.5f).parallelism(3).codesFrom(1).open();
  }

  private static Embedding random(Random random, ModelCard card) {
    float[] vector = new float[card.embeddingSize()];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return Embedding.of(card.fingerprint(), vector);
  }

  private static ModelCard card(int dimensions) {
    return ModelCard.builder("random")
        .embeddingSize(dimensions)
        .crop(CropSpec.arcFace(112))
        .build();
  }
}
