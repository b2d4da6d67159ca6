package io.facepipeline.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedStagesTest {
  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");

  @TempDir Path folder;

  private ModelStore store() {
    return ModelStore.builder().cache(folder).offline(true).build();
  }

  @Test
  void theDefaultsAreOpenedByTheirIds() {
    Image ada = Image.read(ADA);
    try (FaceDetector detector = NamedStages.detector(DefaultModels.MTCNN, store(), 40, 1);
        FaceDetector own = DefaultModels.mtcnn().minFaceSize(40).build();
        FaceEmbedder embedder =
            NamedStages.embedder(DefaultModels.EMBEDDER, store(), EmbedderOptions.defaults())) {
      assertEquals(own.detect(ada), detector.detect(ada));
      assertEquals(DefaultModels.EMBEDDER, embedder.card().id());
    }
  }

  @Test
  void everyIdIsListedOnce() {
    List<String> ids = NamedStages.detectors("lbp");
    assertTrue(
        ids.containsAll(List.of(DefaultModels.MTCNN, "mtcnn", "lbp", "yunet")), ids.toString());
    assertEquals(ids.size(), ids.stream().distinct().count());
    assertTrue(NamedStages.oneStage("yunet").isPresent());
    assertTrue(NamedStages.oneStage("mtcnn").isEmpty());
  }

  @Test
  void whatIsNotKnownIsNamedWithWhatIs() throws Exception {
    IllegalArgumentException detector =
        assertThrows(
            IllegalArgumentException.class,
            () -> NamedStages.detector("none-such", store(), 40, 1));
    assertTrue(detector.getMessage().startsWith("none-such is neither"), detector.getMessage());
    assertTrue(detector.getMessage().contains("yunet"), detector.getMessage());
    IllegalArgumentException embedder =
        assertThrows(
            IllegalArgumentException.class,
            () -> NamedStages.embedder("none-such", store(), EmbedderOptions.defaults()));
    assertTrue(embedder.getMessage().contains("facenet-vggface2"), embedder.getMessage());
    Path text = Files.writeString(folder.resolve("weights.pt"), "no weights");
    assertThrows(
        RuntimeException.class,
        () -> NamedStages.embedder(text.toString(), store(), EmbedderOptions.defaults()));
  }

  @Test
  void aStoreForCommercialUseRefusesWhatIsNotStatedAsFree() throws Exception {
    ModelStore commercial =
        ModelStore.builder().cache(folder).offline(true).onlyCommercialUse().build();
    assertThrows(
        ModelStoreException.class,
        () -> NamedStages.detector(DefaultModels.MTCNN, commercial, 40, 1));
    assertThrows(
        ModelStoreException.class,
        () -> NamedStages.embedder(DefaultModels.EMBEDDER, commercial, EmbedderOptions.defaults()));
    Path file = Files.writeString(folder.resolve("det1.npy"), "no weights");
    assertThrows(ModelStoreException.class, () -> NamedStages.mtcnn(file.toString(), commercial));
  }
}
