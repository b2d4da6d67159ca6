package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that run a model of the user's own, here one that tells red pictures from blue ones. */
class OwnModelCommandsTest {
  private static final int SIDE = 8;
  private static final int WRONG_USAGE = 2;

  @TempDir Path folder;
  private Path photos = Path.of("");

  @BeforeEach
  void drawPictures() throws IOException {
    photos = folder.resolve("photos");
    plain(200, 0, 0).writePng(Files.createDirectories(photos.resolve("red")).resolve("1.png"));
    plain(180, 20, 90).writePng(photos.resolve("red").resolve("2.png"));
    plain(0, 60, 220).writePng(Files.createDirectories(photos.resolve("blue")).resolve("1.png"));
    // This one is wrong on purpose.
    plain(210, 60, 0).writePng(photos.resolve("blue").resolve("2.png"));
    plain(0, 0, 100).writePng(Files.createDirectories(photos.resolve("other")).resolve("1.png"));
  }

  private static Image plain(int red, int green, int blue) {
    byte[] rgb = new byte[3 * 40 * 30];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return Image.ofRgb(40, 30, rgb);
  }

  private Path model(Optional<String> attribute) throws IOException {
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("rgb", -1, 3, SIDE, SIDE);
    float[] ends = {0.1f, 0, 0, 0, 0, 0.1f};
    Value logits =
        graph.dense(
            graph.flatten(graph.globalAveragePool(x)), new Weights(new int[] {2, 3}, ends), null);
    graph.output(graph.softmax(logits, 1), "probabilities", -1, 2);
    new ClassesCard(
            "made",
            "means",
            attribute,
            SIDE,
            attribute.map(a -> new CropSpec.Rule.ScaledBox(1, false)),
            List.of("red", "blue"),
            ColorOrder.RGB,
            List.of(0f),
            List.of(1f),
            false,
            "none",
            "test",
            "0")
        .metadata()
        .forEach(graph::metadata);
    return Files.write(
        folder.resolve(attribute.orElse("picture") + ".onnx"), OnnxFile.write(graph.build()));
  }

  @Test
  void classifyImageRunsAFileAndCountsHowOftenItIsRight() throws IOException {
    Path json = folder.resolve("classes.json");
    Path plots = folder.resolve("plots");
    Path model = model(Optional.empty());
    CommandRun run =
        CommandRun.of(
            "classify-image",
            "--model",
            model,
            "--truth",
            "--plots",
            plots,
            "--json",
            json,
            photos);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("3 of 4 correct, accuracy 75.00 %"), run.out());
    assertTrue(run.err().contains("its folder does not name a class"), run.err());
    assertTrue(Files.readString(json).contains("\"blue\""), run.out());
    assertTrue(Image.read(plots.resolve("confusion.png")).width() > 300);
  }

  @Test
  void expressionRunsAFileOnCropsAndAnalyzeOnFaces() throws IOException {
    Path model = model(Optional.of("tint"));
    CommandRun run =
        CommandRun.of("expression", "--crops", "--model", model, "--truth", photos.resolve("red"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("2 of 2 correct"), run.out());

    CommandRun analysis =
        CommandRun.of("analyze", "--attribute", model, SharedData.album("groups/group_1.jpg"));
    assertEquals(0, analysis.exitCode(), analysis.err());
    assertTrue(analysis.out().contains("tint red"), analysis.out());
  }

  @Test
  void itsCardIsShown() throws IOException {
    CommandRun run = CommandRun.of("models", "inspect", model(Optional.of("tint")));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("red, blue"), run.out());
    assertTrue(run.out().contains("8x8 by scaled-box 1.0"), run.out());
    assertTrue(run.out().contains("expression --model"), run.out());
  }

  @Test
  void aModelForSomethingElseIsRefused() throws IOException {
    CommandRun faces =
        CommandRun.of("classify-image", "--model", model(Optional.of("tint")), photos);
    assertEquals(WRONG_USAGE, faces.exitCode());
    assertTrue(faces.err().contains("tint of faces"), faces.err());
    CommandRun pictures =
        CommandRun.of("expression", "--crops", "--model", model(Optional.empty()), photos);
    assertEquals(WRONG_USAGE, pictures.exitCode());
    assertTrue(pictures.err().contains("classify-image"), pictures.err());
    CommandRun untold =
        CommandRun.of("classify-image", "--model", model(Optional.empty()), "--plots", "p", photos);
    assertEquals(WRONG_USAGE, untold.exitCode());
  }
}
