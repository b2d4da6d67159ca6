package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceAttribute.LabelScore;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.testkit.FaceAttributeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that carry their labels, on one that the test makes: it tells the strongest color. */
class CardedClassifierTest extends FaceAttributeContract {
  private static final int SIDE = 8;
  private static final List<String> LABELS = List.of("red", "green, or so", "\"blue\"");

  @TempDir Path folder;

  @Override
  protected FaceAttribute attribute() {
    return OnnxFaceAttribute.load(model(ofFaces(LABELS).metadata()));
  }

  private static ClassesCard ofFaces(List<String> labels) {
    return card(labels, Optional.of("tint"), Optional.of(new CropSpec.Rule.ScaledBox(1, true)));
  }

  private static ClassesCard ofPictures(List<String> labels) {
    return card(labels, Optional.empty(), Optional.empty());
  }

  private static ClassesCard card(
      List<String> labels, Optional<String> attribute, Optional<CropSpec.Rule> rule) {
    return new ClassesCard(
        "made",
        "mean of each plane",
        attribute,
        SIDE,
        rule,
        labels,
        ColorOrder.RGB,
        List.of(0f),
        List.of(1f),
        false,
        "none",
        "test",
        "0");
  }

  private Path model(Map<String, String> metadata) {
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("rgb", -1, 3, SIDE, SIDE);
    Value means = graph.flatten(graph.globalAveragePool(x));
    float[] identity = {0.1f, 0, 0, 0, 0.1f, 0, 0, 0, 0.1f};
    Value logits = graph.dense(means, new Weights(new int[] {3, 3}, identity), null);
    graph.output(graph.softmax(logits, 1), "probabilities", -1, 3);
    metadata.forEach(graph::metadata);
    try {
      return Files.write(folder.resolve("made.onnx"), OnnxFile.write(graph.build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Image plain(int red, int green, int blue) {
    byte[] rgb = new byte[3 * 60 * 50];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return Image.ofRgb(60, 50, rgb);
  }

  @Test
  void theCardIsReadAsItWasWritten() {
    for (ClassesCard card : List.of(ofFaces(LABELS), ofPictures(LABELS))) {
      assertEquals(card, ClassesCard.read(card.metadata()));
    }
  }

  @Test
  void picturesGetTheLabelsOfTheCard() {
    try (ImageClassifier classifier = ImageClassifier.load(model(ofPictures(LABELS).metadata()))) {
      assertEquals(LABELS, classifier.labels());
      List<LabelScore> told = classifier.classify(plain(0, 0, 200), 3);
      assertEquals("\"blue\"", told.get(0).label());
      assertTrue(told.get(0).probability() > 0.999, told.toString());
      assertEquals(1, told.stream().mapToDouble(LabelScore::probability).sum(), 1e-5);
    }
  }

  @Test
  void facesGetTheLabelsOfTheCard() {
    try (FaceAttribute attribute = attribute()) {
      assertEquals("tint", attribute.card().attribute());
      FaceAttribute.Scores scores =
          attribute.classify(plain(0, 180, 0), List.of(face(5, 5, 40))).get(0);
      assertEquals("green, or so", scores.best().label());
    }
  }

  @Test
  void aModelIsNotRunOnWhatItWasNotMadeFor() {
    Path faces = model(ofFaces(LABELS).metadata());
    MalformedModelException ofFaces =
        assertThrows(MalformedModelException.class, () -> ImageClassifier.load(faces));
    assertTrue(ofFaces.getMessage().contains("tint of faces"), ofFaces.getMessage());
    Path pictures = model(ofPictures(LABELS).metadata());
    MalformedModelException ofPictures =
        assertThrows(MalformedModelException.class, () -> OnnxFaceAttribute.load(pictures));
    assertTrue(ofPictures.getMessage().contains("classify-image"), ofPictures.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "facepipeline.labels | ['red','green'] | returns",
        "facepipeline.labels | ['red','red','blue'] | different labels",
        "facepipeline.labels | {} | facepipeline.labels",
        "facepipeline.labels | | no card of a classifier",
        "facepipeline.crop.size | 8x9 | no square",
        "facepipeline.crop.size | 8 | no square",
        "facepipeline.crop.size | x | facepipeline.crop.size",
        "facepipeline.crop.size | 9x9 | returns",
        "facepipeline.crop.rule | somehow | facepipeline.crop.rule",
        "facepipeline.crop.rule | picture | rule to cut them",
        "facepipeline.color.order | | facepipeline.color.order"
      })
  void aCardThatDoesNotFitIsRefused(String key, String value, String said) {
    Map<String, String> metadata = new LinkedHashMap<>(ofFaces(LABELS).metadata());
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value.replace('\'', '"'));
    }
    Path model = model(metadata);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> OnnxFaceAttribute.load(model));
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }
}
