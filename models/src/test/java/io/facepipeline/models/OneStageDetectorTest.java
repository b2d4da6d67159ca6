package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceDetector;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one-stage detector inside the artifact. */
class OneStageDetectorTest extends AlbumDetectorContract {
  @Override
  protected FaceDetector detector() {
    return DefaultModels.oneStageDetector().withMinFaceSize(40).open();
  }

  @Override
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.of(
        DefaultModels.oneStageDetector().withMinFaceSize(40).withParallelism(threads).open());
  }

  @Test
  void isInTheCatalogAndNeedsNoFile(@TempDir Path folder) {
    Path cache = folder.resolve("cache");
    DetectorModel model =
        DetectorModel.named(DefaultModels.ONE_STAGE_DETECTOR)
            .orElseThrow()
            .withModels(ModelStore.builder().cache(cache).offline(true).build());
    assertEquals(DefaultModels.ONE_STAGE_DETECTOR, model.toString());
    model.open().close();
    assertTrue(Files.notExists(cache));
  }

  @Test
  void isRefusedWhereCommercialUseMustBeStated() {
    DetectorModel model =
        DefaultModels.oneStageDetector()
            .withModels(ModelStore.builder().onlyCommercialUse().build());
    ModelStoreException e = assertThrows(ModelStoreException.class, model::open);
    assertTrue(e.getMessage().contains(DefaultModels.ONE_STAGE_DETECTOR), e.getMessage());
  }
}
