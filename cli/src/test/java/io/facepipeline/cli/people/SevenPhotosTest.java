package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.FormulaNetworks;
import io.facepipeline.testkit.SharedData;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FaceNet on real photos through the whole pipeline, and models that must not be mixed. */
class SevenPhotosTest {
  /** FaceNet's cosine at a false accept rate of 1e-4 on LFW's impostor pairs. */
  private static final float FAR_1E_4 = 0.659f;

  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  private static FaceEmbedder facenet() {
    return Backbone.FACENET_VGGFACE2.load(
        ModelStore.builder().folder(SharedData.path("models/facenet")).build(),
        EmbedderOptions.defaults());
  }

  private record Found(String photo, Embedding embedding) {}

  @Test
  void theTwoOfAnthonyHopkinsMatchAndNoOthersDo() {
    List<Path> photos = SharedData.files("data/photos");
    assertEquals(7, photos.size());
    List<Found> found = new ArrayList<>();
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(
                Mtcnn.builder().models(ModelStore.of(SharedData.path("models/mtcnn"))).build())
            .embedder(facenet())
            .build()) {
      for (Path photo : photos) {
        for (EmbeddedFace face : pipeline.embed(Image.read(photo))) {
          found.add(new Found(String.valueOf(photo.getFileName()), face.embedding()));
        }
      }
    }
    assertTrue(found.size() >= 7, "faces: " + found.size());
    List<String> matches = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      for (int j = i + 1; j < found.size(); j++) {
        if (found.get(i).embedding.similarity(found.get(j).embedding) >= FAR_1E_4) {
          matches.add(found.get(i).photo + " " + found.get(j).photo);
        }
      }
    }
    assertEquals(List.of("Anthony_Hopkins_0001.jpg Anthony_Hopkins_0002.jpg"), matches);
  }

  @Test
  void aCropForLightCnnIsRefusedByIr50AndItsVectorsByAGalleryOfFaceNets(@TempDir Path folder)
      throws Exception {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    FormulaNetworks.improvedResidualNet(false, 3, 4, 14, 3)
        .forEach((name, t) -> tensors.put(name, Tensor.of(t.shape(), t.values())));
    Path onnx = folder.resolve("ir50.onnx");
    try (FileChannel out =
        FileChannel.open(onnx, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Backbone.IR_50.convert(Checkpoint.of(tensors), true, out);
    }
    try (FaceEmbedder ir50 = OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults())) {
      CropSpec lightCnn = Backbone.LIGHTCNN_29V2.crop();
      AlignedFace crop = AlignedFace.of(FACE, lightCnn, new byte[lightCnn.bytes()]);
      IllegalArgumentException wrongCrop =
          assertThrows(IllegalArgumentException.class, () -> ir50.embed(List.of(crop)));
      for (String part : List.of("memory", "112x112", "128x128", "align")) {
        assertTrue(wrongCrop.getMessage().contains(part), wrongCrop.getMessage());
      }

      Embedding probe =
          ir50.embed(List.of(AlignedFace.of(FACE, ir50.crop(), new byte[ir50.crop().bytes()])))
              .get(0);
      ModelCard facenet =
          ModelCard.builder(Backbone.FACENET_VGGFACE2.id())
              .embeddingSize(512)
              .crop(Backbone.FACENET_VGGFACE2.crop())
              .sourceSha256("2233756600df")
              .build();
      float[] vector = new float[512];
      vector[0] = 1;
      Gallery gallery = Gallery.inMemory(facenet, 0.7f);
      gallery.enroll("ada", List.of(Embedding.of(facenet.fingerprint(), vector)));
      RuntimeException wrongVector =
          assertThrows(RuntimeException.class, () -> gallery.classify(probe));
      assertTrue(
          wrongVector instanceof FacePipelineException
              || wrongVector instanceof IllegalArgumentException,
          wrongVector.toString());
      for (String part : List.of("facenet-vggface2@2233756600df", "memory")) {
        assertTrue(wrongVector.getMessage().contains(part), wrongVector.getMessage());
      }
    }
  }
}
