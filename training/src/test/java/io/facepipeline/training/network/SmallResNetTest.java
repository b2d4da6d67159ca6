package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TorchScope.class)
class SmallResNetTest {
  @ParameterizedTest
  @CsvSource({
    "16, 1, SmallResNet-2-grey",
    "48, 3, SmallResNet-3",
    "64, 1, SmallResNet-4-grey",
    "112, 3, SmallResNet-3-halved"
  })
  void fitsTheImagesAndIsFoundByItsName(int side, int channels, String name) {
    SmallResNet network = SmallResNet.of(side, channels);
    assertEquals(name, network.name());
    assertEquals(Optional.of(network), SmallResNet.named(name));
    Student.Form form = new Student.Form(network.features(), side, false);
    try (Student student = new Student(network, form, new SplittableRandom(1))) {
      Tensor features = student.forward(torch.ones(2, channels, side, side), false);
      assertEquals(2, features.size(0));
      assertEquals(network.features(), features.size(1));
    }
  }

  @Test
  void hasAsManyParametersAsItSays() {
    SmallResNet network = SmallResNet.of(48, 3);
    Student.Form form = new Student.Form(network.features(), 48, false);
    try (Student student = new Student(network, form, new SplittableRandom(1))) {
      long parameters = student.parameters().values().stream().mapToLong(Tensor::numel).sum();
      assertEquals(0.7, parameters / 1e6, 0.05);
    }
    assertTrue(SmallResNet.named("SmallResNet").isEmpty());
  }
}
