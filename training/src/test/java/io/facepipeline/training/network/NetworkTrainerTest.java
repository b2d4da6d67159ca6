package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.training.network.PhotoSet.Use;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a training, and the model that it exports. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class NetworkTrainerTest {
  private static final int SIDE = 16;
  private static final CatalogEntry.Input INPUT = input(SIDE, ColorOrder.RGB);

  @TempDir Path folder;

  private static CatalogEntry.Input input(int side, ColorOrder order) {
    return new CatalogEntry.Input(side, side, null, order, List.of(120f), List.of(60f), false);
  }

  @Test
  void aRunThatWasCutOffEndsAsOneThatWasNot() throws IOException {
    Path photos = DrawnClasses.into(folder.resolve("photos"), 4);
    Map<Use, ClassFolder> folders = Map.of(Use.TRAINING, ClassFolder.scan(photos));
    try (PhotoCutter cutter = new PhotoCutter(Look.PICTURES, INPUT);
        PhotoSet set =
            PhotoSet.open(folder.resolve("work"), SIDE, cutter, folders, (d, t, i) -> {})) {
      Path whole = folder.resolve("whole");
      train(set, whole, 0);
      Path cut = folder.resolve("cut");
      // In the middle of the third of five epochs, the second in which all is trained.
      assertThrows(IllegalStateException.class, () -> train(set, cut, 6));
      try (Stream<Path> files = Files.walk(cut)) {
        assertFalse(files.anyMatch(file -> file.toString().endsWith(".part")));
      }
      train(set, cut, 0);
      assertEquals(
          Files.readString(whole.resolve("learning.csv")),
          Files.readString(cut.resolve("learning.csv")));
      for (String file : List.of("best.safetensors", "work/state.safetensors")) {
        Checkpoint expected = Checkpoint.read(whole.resolve(file));
        Checkpoint found = Checkpoint.read(cut.resolve(file));
        assertEquals(expected.tensors().keySet(), found.tensors().keySet());
        expected
            .tensors()
            .forEach((name, t) -> assertArrayEquals(t.floats(), found.tensor(name).floats(), name));
      }
    }
  }

  private static void train(PhotoSet photos, Path out, int stopAfter) {
    List<Integer> all = photos.of(Use.TRAINING);
    Batches batches =
        new Batches(
            photos,
            all.subList(0, 8),
            4,
            new Settings.Changes(Settings.Augment.STANDARD, true, 0.5).augmentation(3),
            false,
            5);
    NetworkTrainer trainer =
        new NetworkTrainer(
            new NetworkTrainer.Plan(5, 1, 1e-2, 1e-3),
            photos,
            batches,
            new InputTensors(INPUT),
            new CrossEntropy(new float[] {1, 2, 1}, 0.1),
            out);
    try (Student network = student(1);
        Student averaged = student(2)) {
      trainer.train(
          network,
          averaged,
          all.subList(8, 12),
          out.resolve("best.safetensors"),
          (done, total, item) -> {
            if (done == stopAfter) {
              throw new IllegalStateException("cut off");
            }
          });
    }
  }

  private static Student student(long seed) {
    SmallResNet net = SmallResNet.of(SIDE, 3);
    return new Student(
        new Classifier(net, net.features()),
        new Student.Form(3, SIDE, false),
        new SplittableRandom(seed));
  }

  @ParameterizedTest
  @CsvSource({
    "small, 24, RGB, false",
    "small, 48, GREY, false",
    "small, 32, BGR, false",
    "small, 24, BGR, true",
    "small, 48, GREY, true",
    "CompactNet, 112, RGB, false"
  })
  void theModelGivesWhatTheTrainedNetworkGives(
      String name, int side, ColorOrder order, boolean whitened) {
    CatalogEntry.Input input =
        whitened
            ? new CatalogEntry.Input(side, side, null, order, List.of(0f), List.of(1f), true)
            : input(side, order);
    SmallResNet small = SmallResNet.of(side, order.channels());
    Architecture base = name.equals("small") ? small : Architecture.named(name);
    int features = name.equals("small") ? small.features() : 128;
    Classifier network = new Classifier(base, features);
    try (Student student =
        new Student(network, new Student.Form(4, side, false), new SplittableRandom(3))) {
      ClassesCard card =
          new ClassesCard(
              "made",
              network.name(),
              Optional.empty(),
              side,
              Optional.empty(),
              List.of("a", "b", "c", "d"),
              order,
              input.mean(),
              input.deviation(),
              whitened,
              "none",
              "test",
              "0");
      Path file = folder.resolve("classifier.onnx");
      ClassifierModel.write(network, student.checkpoint(), card, file);
      byte[] rgb = new byte[3 * side * side];
      new SplittableRandom(4).nextBytes(rgb);
      Image square = Image.ofRgb(side, side, rgb);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard();
          ClassifierModel model = ClassifierModel.load(file)) {
        Tensor images = new InputTensors(input).of(Batches.pixels(List.of(square)));
        float[] expected = Tensors.values(student.forward(images, false).softmax(1));
        float[] found = model.probabilities(square);
        assertEquals(4, found.length);
        assertArrayEquals(expected, found, 1e-4f, Arrays.toString(found));
      }
    }
  }
}
