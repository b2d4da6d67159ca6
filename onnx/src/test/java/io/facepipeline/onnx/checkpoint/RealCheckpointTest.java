package io.facepipeline.onnx.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published weights, where the shared folder has them. */
class RealCheckpointTest {
  @ParameterizedTest
  @ValueSource(strings = {"pnet", "rnet", "onet"})
  void theTwoPublicationsOfMtcnnHaveEqualTensors(String net) {
    Checkpoint torch = Checkpoint.read(SharedData.path("models/mtcnn/" + net + ".pt"));
    Checkpoint numpy = Checkpoint.read(SharedData.path("models/mtcnn/" + net + ".npy"));
    assertEquals("pytorch-legacy", torch.format());
    assertEquals("npy-pickle", numpy.format());
    assertEquals(torch.tensors().size(), numpy.tensors().size());

    List<Tensor> others = new ArrayList<>(numpy.tensors().values());
    for (Map.Entry<String, Tensor> entry : torch.tensors().entrySet()) {
      float[] values = asNumpyHas(entry.getValue());
      assertTrue(
          others.removeIf(other -> Arrays.equals(values, other.floats())),
          () -> entry.getKey() + " has no equal among " + numpy.tensors());
    }
    assertArrayEquals(
        torch.tensor("conv1.weight").floats(), numpy.tensor("features.conv1.weight").floats());
    assertEquals(DataType.FLOAT, torch.tensor("conv1.weight").type());
  }

  /**
   * The dense layer after the convolutions flattens (width, height, channel), the other's (channel,
   * width, height).
   */
  private static float[] asNumpyHas(Tensor tensor) {
    float[] values = tensor.floats();
    int columns = tensor.shape().length == 2 ? tensor.shape()[1] : 0;
    if (columns != 576 && columns != 1152) {
      return values;
    }
    int pixels = 9;
    int channels = columns / pixels;
    float[] permuted = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      int pixel = i % columns / channels;
      int channel = i % channels;
      permuted[row * columns + channel * pixels + pixel] = values[i];
    }
    return permuted;
  }

  @Test
  void facenetIsReadFromTheZipFormatInHalfPrecision() throws IOException, NoSuchAlgorithmException {
    Path file = SharedData.path("models/facenet/facenet_inception_resnet_v1_fp16.pt");
    Checkpoint checkpoint = Checkpoint.read(file);

    assertEquals("pytorch-zip", checkpoint.format());
    Tensor weight = checkpoint.tensor("conv2d_1a.conv.weight");
    assertEquals(DataType.HALF, weight.type());
    assertArrayEquals(new int[] {32, 3, 3, 3}, weight.shape());
    for (Tensor tensor : checkpoint.tensors().values()) {
      for (float value : tensor.floats()) {
        assertTrue(Float.isFinite(value) && Math.abs(value) < 65_504);
      }
    }
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertEquals(HexFormat.of().formatHex(hash), checkpoint.sha256());
  }

  @Test
  void mobileFaceNetHasItsBatchCounters() {
    Checkpoint checkpoint =
        Checkpoint.read(SharedData.path("models/mobilefacenet/mobilefacenet_foamliu.pt"));

    assertEquals("pytorch-legacy", checkpoint.format());
    assertArrayEquals(new int[] {64, 3, 3, 3}, checkpoint.tensor("conv1.0.weight").shape());
    Tensor batches = checkpoint.tensor("conv1.1.num_batches_tracked");
    assertEquals(DataType.LONG, batches.type());
    assertEquals(0, batches.shape().length);
    assertEquals(1, batches.longs().length);
    assertFalse(checkpoint.contains("module.conv1.0.weight"));
  }
}
