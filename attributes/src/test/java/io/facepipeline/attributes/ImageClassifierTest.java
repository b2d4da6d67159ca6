package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageClassifierTest {
  /** OpenCV's dnn on the same file and input; the first sixteen of 1,000. */
  private static final float[] FIRST_LOGITS = {
    2.6818f, 2.1430f, 5.8895f, 5.4233f, 6.9361f, 1.6656f, 4.2559f, 1.7736f, 0.2832f, 3.5064f,
    2.5625f, 10.3140f, 3.5474f, 5.0987f, 4.2787f, 5.8886f
  };

  private static final double NORM = 153.895;
  private static final int LARGEST = 904;

  private static ImageClassifier squeezeNet() {
    return ImageClassifier.load("squeezenet-imagenet", ModelStore.of(SharedData.path("models")));
  }

  @Test
  void squeezeNetGivesTheRecordedLogits() {
    byte[] rgb = new byte[224 * 224 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 37 + i / 3 * 11 + i / 672 * 5);
    }
    try (ImageClassifier classifier = squeezeNet()) {
      float[] logits = classifier.logits(Image.ofRgb(224, 224, rgb));
      assertEquals(1000, logits.length);
      assertArrayEquals(FIRST_LOGITS, Arrays.copyOf(logits, FIRST_LOGITS.length), 2e-3f);
      double squares = 0;
      int largest = 0;
      for (int i = 0; i < logits.length; i++) {
        squares += (double) logits[i] * logits[i];
        largest = logits[i] > logits[largest] ? i : largest;
      }
      assertEquals(NORM, Math.sqrt(squares), 0.01);
      assertEquals(LARGEST, largest);
      assertThrows(
          IllegalArgumentException.class, () -> classifier.logits(Image.ofRgb(1, 1, new byte[3])));
    }
  }

  @Test
  void peopleWearWhatPeopleWear() {
    try (ImageClassifier classifier = squeezeNet()) {
      assertWears(classifier, "kate_siegel.jpg", "lab coat");
      assertWears(classifier, "multiface.jpg", "academic gown");
      assertWears(classifier, "Anthony_Hopkins_0002.jpg", "Windsor tie");
      List<FaceAttribute.LabelScore> all =
          classifier.classify(Image.read(SharedData.album("groups/group_1.jpg")), 1000);
      assertEquals(1, all.stream().mapToDouble(FaceAttribute.LabelScore::probability).sum(), 1e-4);
    }
  }

  private static void assertWears(ImageClassifier classifier, String photo, String wanted) {
    Image image = Image.read(SharedData.path("data/photos/" + photo));
    List<FaceAttribute.LabelScore> five = classifier.classify(image, 5);
    assertEquals(5, five.size());
    assertTrue(five.get(0).label().startsWith(wanted), photo + ": " + five);
  }

  @Test
  void moreClassesThanThereAreCannotBeTold() {
    try (ImageClassifier classifier = squeezeNet()) {
      Image image = Image.ofRgb(1, 1, new byte[3]);
      assertThrows(IllegalArgumentException.class, () -> classifier.classify(image, 0));
      assertThrows(IllegalArgumentException.class, () -> classifier.classify(image, 1001));
      assertEquals(1, classifier.classify(image, 1).size());
    }
  }

  @Test
  void missingFilesAreNamed(@TempDir Path empty) {
    ModelNotFoundException e =
        assertThrows(
            ModelNotFoundException.class,
            () -> ImageClassifier.load("squeezenet-imagenet", ModelStore.of(empty)));
    assertTrue(e.getMessage().contains("squeezenet1.1_imagenet.onnx"), e.getMessage());
    assertTrue(e.getMessage().contains("imagenet_labels1000.txt"), e.getMessage());
  }
}
