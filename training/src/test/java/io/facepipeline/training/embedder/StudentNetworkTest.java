package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchScope.class)
class StudentNetworkTest {
  private static final StudentNetwork NETWORK =
      StudentNetwork.named("torchvision ShuffleNetV2 (x1.0) embedding");

  private static Student student(int outputs, long seed, Checkpoint from) {
    return NETWORK.student(outputs, false, new SplittableRandom(seed), from);
  }

  private static Checkpoint classifier() {
    try (Student student = NETWORK.student(10, false, new SplittableRandom(1), null)) {
      return student.checkpoint();
    }
  }

  @Test
  void aClassifierGoesOnAsAnEmbedderWithALastLayerOfItsOwn() {
    Checkpoint classes = classifier();
    try (Student student = student(16, 2, classes)) {
      Checkpoint begun = student.checkpoint();
      classes
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (!name.startsWith("fc.")) {
                  assertArrayEquals(tensor.floats(), begun.tensor(name).floats(), name);
                }
              });
      assertArrayEquals(new int[] {16, 1024}, begun.tensor("fc.weight").shape());
      assertArrayEquals(new float[16], begun.tensor("fc.bias").floats());
    }
    try (Student student = student(10, 2, classes)) {
      float[] expected = classes.tensor("fc.weight").floats();
      assertArrayEquals(expected, student.checkpoint().tensor("fc.weight").floats());
    }
  }

  @Test
  void allElseMustFit() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(classifier().tensors());
    tensors.put("conv5.1.bias", Tensor.of(new int[] {3}, new float[3]));
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class, () -> student(16, 2, Checkpoint.of(tensors)).close());
    assertTrue(e.getMessage().contains("conv5.1.bias has the shape [3]"), e.getMessage());
  }

  @Test
  void weightsAreAFileOrACatalogIdOfCheckpoints(@TempDir Path folder) {
    Checkpoint weights = Checkpoint.of(Map.of("a", Tensor.of(new int[] {1}, 2f)));
    Path file = weights.write(folder.resolve("own.safetensors"));
    ModelStore store =
        ModelStore.builder().cache(folder.resolve("cache")).offline(true).folder(folder).build();
    assertEquals(2f, StudentNetwork.weights(file.toString(), store).tensor("a").floats()[0]);
    assertTrue(missing("resnet18-imagenet", store).contains("resnet18-f37072fd.pth"));
    for (String no : new String[] {"resnet18", "squeezenet-imagenet", "mtcnn"}) {
      assertTrue(missing(no, store).contains("there are no weights " + no + " to start from"));
    }
  }

  private static String missing(String from, ModelStore store) {
    return assertThrows(FacePipelineException.class, () -> StudentNetwork.weights(from, store))
        .getMessage();
  }

  @Test
  void weightsOfAnotherNetworkAreNamedByIt() {
    Checkpoint others = DefaultModels.embedderWeights();
    String said =
        assertThrows(
                MalformedModelException.class,
                () ->
                    StudentNetwork.named("MobileFaceNet")
                        .student(128, false, new SplittableRandom(1), others))
            .getMessage();
    assertTrue(
        said.contains(
            "the weights are those of MobileFaceNet (foamliu), and the network to train is"
                + " MobileFaceNet;"),
        said);
  }

  @Test
  void onlySquareCropsAreTrained() {
    StudentNetwork narrow = StudentNetwork.named("MobileFaceNet 112x96 (Xiaoccer)");
    String said = assertThrows(FacePipelineException.class, narrow::side).getMessage();
    assertTrue(said.contains("96x112"), said);
  }
}
