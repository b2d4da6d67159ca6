package io.facepipeline.training.embedder;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/** Pictures that the test draws, networks of random weights, and the command. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
abstract class EmbedderFixture {
  static final int DIMENSIONS = 16;

  static final Face FACE =
      new Face(new Box(0, 0, 9, 9), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  static Student student(long seed) {
    return StudentNetwork.named(StudentNetwork.COMPACT)
        .student(DIMENSIONS, false, new SplittableRandom(seed), null);
  }

  static int execute(List<String> arguments, StringWriter errors) {
    return execute(arguments, new StringWriter(), errors);
  }

  static int execute(List<String> arguments, StringWriter output, StringWriter errors) {
    return new CommandLine(new EmbedderCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(arguments.toArray(String[]::new));
  }

  /** Waves of color that differ from one number to the next. */
  static Image picture(int number) {
    return picture(number, 0);
  }

  /** The same, moved along by a phase. */
  static Image picture(int number, double phase) {
    Random random = new Random(number);
    double[] waves = random.doubles(12, -0.15, 0.15).toArray();
    int side = CropStore.USUAL.width();
    byte[] rgb = new byte[CropStore.USUAL.bytes()];
    for (int i = 0; i < rgb.length; i++) {
      int channel = i % 3;
      int x = i / 3 % side;
      int y = i / 3 / side;
      double wave =
          Math.sin(waves[4 * channel] * x + waves[4 * channel + 1] * y + number + phase)
              + Math.cos(waves[4 * channel + 2] * x - waves[4 * channel + 3] * y);
      rgb[i] = (byte) Math.round(127 + 60 * wave);
    }
    return Image.ofRgb(side, side, rgb);
  }

  static Embedding embed(FaceEmbedder embedder, Image crop) {
    return embedder.embed(List.of(AlignedFace.of(FACE, CropStore.USUAL, crop.unsafeRgb()))).get(0);
  }

  static ModelCard card() {
    return cardBuilder().build();
  }

  static ModelCardBuilder cardBuilder() {
    return ModelCard.builder("random")
        .architecture(StudentNetwork.COMPACT)
        .embeddingSize(DIMENSIONS)
        .crop(CropStore.USUAL)
        .colorOrder(ModelCard.ColorOrder.RGB)
        .scaling(127.5f, 128f)
        .license("none")
        .origin("random")
        .sourceSha256("0".repeat(64));
  }
}
