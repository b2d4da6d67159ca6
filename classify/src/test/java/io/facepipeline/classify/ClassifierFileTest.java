package io.facepipeline.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.ClassifierException.Reason;
import io.facepipeline.classify.file.ClassifierFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClassifierFileTest {
  private static final int HEADER = 12;
  private static final int CHECKSUM = 32;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void readsTheFixturesOfFormatVersionOne(ClassifierKind kind) throws IOException {
    Path file = Files.write(folder.resolve("fixture"), resource(kind.id() + ".classifier"));
    TrainedClassifier classifier = TrainedClassifier.load(file);
    List<String> expected =
        new String(resource(kind.id() + ".answers.txt"), StandardCharsets.UTF_8).lines().toList();
    assertEquals(kind, classifier.kind());
    assertEquals(FixtureFaces.MODEL, classifier.fingerprint());
    assertEquals(FixtureFaces.PEOPLE, classifier.labels());
    assertEquals(expected, FixtureFaces.answers(classifier));
    assertEquals(15, classifier.summary().photos());
    assertEquals(15, classifier.summary().impostorTrials());
    assertEquals(1.0 / 16, classifier.summary().falseAcceptRate());
  }

  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void comesBackAsItWasSaved(ClassifierKind kind) throws IOException {
    TrainedClassifier classifier = FixtureFaces.train(kind);
    Path file = folder.resolve("new/folder/classifier");
    classifier.save(file);
    assertEquals(classifier, TrainedClassifier.load(file));
    classifier.save(file);
    try (Stream<Path> files = Files.list(folder.resolve("new/folder"))) {
      assertEquals(List.of(file), files.toList(), "no temporary file is left");
    }
  }

  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void refusesAFileThatIsDamagedAnywhere(ClassifierKind kind) throws IOException {
    byte[] whole = ClassifierFile.bytes(FixtureFaces.train(kind).state());
    Path file = folder.resolve("damaged");
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      ClassifierException e =
          assertThrows(ClassifierException.class, () -> ClassifierFile.parse(file, damaged));
      Reason expected =
          i < 8 ? Reason.NOT_A_CLASSIFIER : i < HEADER ? Reason.NEWER_VERSION : Reason.DAMAGED;
      assertEquals(expected, e.reason(), "byte " + i + ": " + e.getMessage());
    }
    for (int length = 0; length <= whole.length + 1; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length != whole.length) {
        assertThrows(ClassifierException.class, () -> ClassifierFile.parse(file, cut));
      }
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThrows(ClassifierException.class, () -> TrainedClassifier.load(file));
  }

  @Test
  void refusesANewerVersionAndSaysSo() throws IOException {
    byte[] whole = ClassifierFile.bytes(FixtureFaces.train(ClassifierKind.SVM).state());
    byte[] content = Arrays.copyOfRange(whole, HEADER, whole.length - CHECKSUM);
    Path file = Files.write(folder.resolve("newer"), ClassifierFile.sealed(7, content));
    ClassifierException e =
        assertThrows(ClassifierException.class, () -> TrainedClassifier.load(file));
    assertEquals(Reason.NEWER_VERSION, e.reason());
    assertTrue(e.getMessage().contains("version 7"), e.getMessage());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  /** With a right checksum: what is in it, not only whether it is as it was written, is checked. */
  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void hostileNumbersAskForNoMemory(ClassifierKind kind) {
    byte[] whole = ClassifierFile.bytes(FixtureFaces.train(kind).state());
    byte[] content = Arrays.copyOfRange(whole, HEADER, whole.length - CHECKSUM);
    Path file = folder.resolve("hostile");
    for (int i = 0; i + Integer.BYTES <= content.length; i++) {
      for (int hostile : new int[] {Integer.MAX_VALUE, -1, 0x40000000}) {
        byte[] changed = content.clone();
        ByteBuffer.wrap(changed).putInt(i, hostile);
        // Some bytes are mere numbers, and any number is as good; nothing else may happen.
        try {
          ClassifierFile.parse(file, ClassifierFile.sealed(1, changed));
        } catch (ClassifierException e) {
          assertEquals(Reason.DAMAGED, e.reason());
        }
      }
    }
  }

  @Test
  void aPipelineRefusesAClassifierOfAnotherEmbedder() {
    Path file = folder.resolve("centroid");
    FixtureFaces.train(ClassifierKind.CENTROID).save(file);
    FacePipelineBuilder builder = FacePipeline.builder().embedder(new OtherEmbedder());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> builder.classifier(TrainedClassifier.load(file)));
    assertTrue(e.getMessage().contains(FixtureFaces.MODEL), e.getMessage());
    assertTrue(e.getMessage().contains("other@"), e.getMessage());
  }

  @Test
  void namesWhatCannotBeReadOrWritten() throws IOException {
    Path absent = folder.resolve("absent");
    ClassifierException e =
        assertThrows(ClassifierException.class, () -> TrainedClassifier.load(absent));
    assertEquals(Reason.IO, e.reason());
    assertTrue(e.getMessage().contains(absent.toString()), e.getMessage());
    TrainedClassifier classifier = FixtureFaces.train(ClassifierKind.CENTROID);
    assertEquals(
        Reason.IO, assertThrows(ClassifierException.class, () -> classifier.save(folder)).reason());
    Path photo = Files.writeString(folder.resolve("photo.jpg"), "no classifier at all, but long");
    assertEquals(
        Reason.NOT_A_CLASSIFIER,
        assertThrows(ClassifierException.class, () -> TrainedClassifier.load(photo)).reason());
  }

  private static byte[] resource(String name) {
    try (InputStream in = ClassifierFileTest.class.getResourceAsStream("/classifiers/v1/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class OtherEmbedder implements FaceEmbedder {
    @Override
    public ModelCard card() {
      return ModelCard.builder("other")
          .embeddingSize(FixtureFaces.DIMENSIONS)
          .crop(CropSpec.arcFace(112))
          .sourceSha256("ba9876543210")
          .build();
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      throw new AssertionError("nothing is embedded here");
    }

    @Override
    public void close() {}
  }
}
