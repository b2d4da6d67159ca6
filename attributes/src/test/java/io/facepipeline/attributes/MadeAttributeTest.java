package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AttributeScores;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.FaceAttributeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on networks that the test makes: one says how dark a face is, one how red. */
class MadeAttributeTest extends FaceAttributeContract {
  private static final int SIDE = 8;

  @TempDir Path folder;

  @Override
  protected FaceAttribute attribute() {
    CropSpec near = new CropSpec(SIDE, SIDE, new CropSpec.Rule.ScaledBox(1, true));
    CropSpec wide = new CropSpec(SIDE, SIDE, new CropSpec.Rule.ScaledBox(2, false));
    FaceAttribute.Card card =
        new FaceAttribute.Card(
            "shade", "made", List.of(near, wide), List.of("dark", "red"), "none", "test");
    return OnnxFaceAttribute.builder(card)
        .scaling(List.of(0f), List.of(255f))
        .classes(List.of("dark", "red", "dark"))
        .load(network(3), network(3));
  }

  private Classes open(int channels, int classes, InputSpec input) {
    return Classes.open(network(channels), input, SIDE, classes, true, OnnxOptions.defaults());
  }

  /** Logits: minus the greenness, the redness, minus the redness. */
  private Path network(int channels) {
    float[] weights = new float[3 * channels * SIDE * SIDE];
    for (int i = 0; i < channels * SIDE * SIDE; i++) {
      int plane = i / (SIDE * SIDE);
      weights[i] = plane == 1 ? -0.1f : 0;
      weights[channels * SIDE * SIDE + i] = plane == 0 ? 0.1f : 0;
      weights[2 * channels * SIDE * SIDE + i] = plane == 0 ? -0.1f : 0;
    }
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", 1, channels, SIDE, SIDE);
    Value y =
        graph.conv(x, new Weights(new int[] {3, channels, SIDE, SIDE}, weights), null, 1, 0, 1);
    graph.output(y, "y", 1, 3, 1, 1);
    try {
      return Files.write(
          folder.resolve("network" + channels + ".onnx"), OnnxFile.write(graph.build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsRedIsToldApartFromWhatIsNot() {
    try (FaceAttribute attribute = attribute()) {
      AttributeScores red = attribute.classify(plain(250, 0, 0), List.of(face(5, 5, 40))).get(0);
      assertEquals("red", red.best().label());
      assertTrue(red.probability("red") > 0.99, red.toString());
      AttributeScores dark = attribute.classify(plain(0, 0, 0), List.of(face(5, 5, 40))).get(0);
      // Three equal logits, two of which mean the same.
      assertEquals(2 / 3f, dark.probability("dark"), 1e-5f);
      assertThrows(IllegalArgumentException.class, () -> dark.probability("blue"));
    }
  }

  @Test
  void aNetworkOfAnotherShapeIsRefused() {
    InputSpec grey = InputSpec.raw(ColorOrder.GREY);
    assertThrows(
        MalformedModelException.class,
        () -> Classes.open(network(3), grey, SIDE, 3, true, OnnxOptions.defaults()));
    MalformedModelException classes =
        assertThrows(
            MalformedModelException.class, () -> open(3, 7, InputSpec.raw(ColorOrder.RGB)));
    assertTrue(classes.getMessage().contains("returns 7 values"), classes.getMessage());
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    CropSpec crop = new CropSpec(SIDE, SIDE, new CropSpec.Rule.ScaledBox(1, true));
    FaceAttribute.Card card = card(crop);
    OnnxFaceAttribute.Builder builder =
        OnnxFaceAttribute.builder(card).scaling(List.of(1f, 2f), List.of(1f, 1f));
    assertThrows(IllegalStateException.class, () -> builder.scaling(List.of(1f), List.of(1f)));
    assertThrows(IllegalArgumentException.class, () -> builder.load(network(3)));
    assertThrows(IllegalArgumentException.class, () -> builder.load());
    assertThrows(
        IllegalArgumentException.class,
        () -> OnnxFaceAttribute.builder(card).scaling(List.of(1f), List.of(0f)));
    assertThrows(
        IllegalArgumentException.class,
        () -> OnnxFaceAttribute.builder(card).classes(List.of("dark", "dark")));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            OnnxFaceAttribute.builder(
                card(new CropSpec(SIDE, 2 * SIDE, new CropSpec.Rule.ScaledBox(1, false)))));
    MalformedModelException labels =
        assertThrows(
            MalformedModelException.class, () -> OnnxFaceAttribute.builder(card).load(network(3)));
    assertTrue(labels.getMessage().contains("3 values"), labels.getMessage());
  }

  private static FaceAttribute.Card card(CropSpec crop) {
    return new FaceAttribute.Card(
        "shade", "made", List.of(crop), List.of("dark", "red"), "none", "test");
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
}
