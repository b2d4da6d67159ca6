package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Networks that are published or built in go on learning on one's own folders. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class FineTuningTest extends EmbedderFixture {
  /**
   * As facenet-pytorch's notebook does: the published FaceNet goes on learning on one's own
   * folders.
   */
  @Test
  void facenetIsFineTunedOnOnesOwnFolders(@TempDir Path folder) throws IOException {
    Path models = SharedData.path("models");
    Path people = SharedData.album("people");
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("--photos", people.toString()));
    arguments.addAll(List.of("--from", "facenet-vggface2", "--models", models.toString()));
    arguments.addAll(List.of("--no-teacher", "--identity", "SOFTMAX", "--identity-weight", "1"));
    arguments.addAll(List.of("--passes", "2", "--strength", "0", "--batch", "8"));
    arguments.addAll(
        List.of("--fixed-norms", "--steps", "26", "--head-first", "16", "--rate", "3e-5"));
    arguments.addAll(List.of("--out", out.toString(), "--quiet"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());

    FaceEmbedder tuned =
        OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
    FaceEmbedder published =
        Backbone.FACENET_VGGFACE2.load(
            ModelStore.builder().folder(models).build(), EmbedderOptions.defaults());
    ModelCard card = tuned.card();
    assertEquals("InceptionResnetV1", card.architecture());
    assertEquals(512, card.embeddingSize());
    assertEquals(published.crop(), tuned.crop());
    double before = margin(published, people);
    double after = margin(tuned, people);
    assertTrue(after > before + 0.02, "the people are apart by " + before + ", then " + after);
    assertTrue(Files.size(out.resolve("work").resolve("embedder.png")) > 0);
  }

  @Test
  void tripletsOfPhotosTeachWhatTheDefaultModelGoesOnFrom(@TempDir Path folder) throws IOException {
    Path people = SharedData.album("people");
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("--photos", people.toString()));
    arguments.addAll(List.of("--from", "compact-default", "--fixed-norms"));
    // A margin that the people are not yet apart by, or there would be nothing to learn.
    arguments.addAll(List.of("--no-teacher", "--head", "TRIPLET", "--head-parameter", "margin=2"));
    arguments.addAll(List.of("--identity-weight", "1", "--passes", "2", "--strength", "0"));
    arguments.addAll(List.of("--batch", "16", "--steps", "30", "--rate", "3e-4"));
    arguments.addAll(List.of("--out", out.toString(), "--quiet"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());

    FaceEmbedder tuned =
        OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
    assertEquals("MobileFaceNet (foamliu)", tuned.card().architecture());
    assertEquals(128, tuned.card().embeddingSize());
    double before = margin(DefaultModels.embedder(), people);
    double after = margin(tuned, people);
    assertTrue(after > before + 0.02, "the people are apart by " + before + ", then " + after);
  }

  @Test
  void whatOnlyWeightsToStartFromAllowIsRefusedWithoutThem(@TempDir Path folder) {
    Map<String, List<String>> wrong =
        Map.of(
            "--fixed-norms needs --from", List.of("--fixed-norms"),
            "no head", List.of("--head-first", "2"),
            "2 of 4 steps and TRIPLET", List.of("--head", "TRIPLET", "--head-first", "2"),
            "--batch must be at least 2, got 1", List.of("--batch", "1"),
            "no-such-model", List.of("--from", "no-such-model"));
    wrong.forEach(
        (said, options) -> {
          List<String> arguments = new ArrayList<>(options);
          arguments.addAll(List.of("--photos", folder.toString(), "--steps", "4"));
          arguments.addAll(List.of("--out", folder.resolve("out").toString()));
          StringWriter errors = new StringWriter();
          assertNotEquals(0, execute(arguments, errors), said);
          assertTrue(errors.toString().contains(said), errors.toString());
        });
  }

  /** How much more alike photos of a person are than those of two, on average. */
  private static double margin(FaceEmbedder embedder, Path people) {
    List<String> names = List.of("ada", "bao", "chidi", "dalia");
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(DefaultModels.mtcnn().build())
            .embedder(embedder)
            .withoutClassifier()
            .build()) {
      List<List<Embedding>> faces =
          names.stream()
              .map(
                  name ->
                      IntStream.rangeClosed(1, 2)
                          .mapToObj(i -> people.resolve(name + "/" + name + "_" + i + ".jpg"))
                          .map(photo -> pipeline.embedOne(Image.read(photo)).embedding())
                          .toList())
              .toList();
      double sum = 0;
      for (int i = 0; i < names.size(); i++) {
        List<Embedding> next = faces.get((i + 1) % names.size());
        sum += faces.get(i).get(0).similarity(faces.get(i).get(1));
        sum -= faces.get(i).get(0).similarity(next.get(1));
      }
      return sum / names.size();
    }
  }
}
