package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.attributes.ImageClassifier;
import io.facepipeline.attributes.OnnxFaceAttribute;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Classifiers that start from the weights of another network. */
@ExtendWith(TorchScope.class)
class NetworkTuningTest extends NetworkFixture {
  /** A folder for each of some people of the album, with three photos. */
  private Path people(String... names) throws IOException {
    Path people = folder.resolve("people");
    for (String name : names) {
      Path own = Files.createDirectories(people.resolve(name));
      for (int photo = 1; photo <= 3; photo++) {
        String file = name + "_" + photo + ".jpg";
        Files.copy(SharedData.album("people/" + name + "/" + file), own.resolve(file));
      }
    }
    return people;
  }

  /** As a newcomer does: a few photos of people, nothing downloaded. */
  @Test
  void theDefaultEmbedderLearnsWhoIsWho() throws IOException {
    Path people = people("ada", "bao", "chidi", "dalia");
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            people,
            "--out",
            out,
            "--from",
            "compact-default",
            "--epochs",
            6,
            "--freeze",
            6,
            "--attribute",
            "who",
            "--rate",
            "5e-3");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("expression --model"), run.out());

    Checkpoint before = DefaultModels.embedderWeights();
    Checkpoint after = Checkpoint.read(out.resolve("classifier.safetensors"));
    before
        .tensors()
        .forEach(
            (name, t) -> {
              if (!before.isForTraining(name)) {
                assertArrayEquals(t.floats(), after.tensor(name).floats(), 1e-6f, name);
              }
            });
    try (FaceDetector detector = DefaultModels.mtcnn().build();
        FaceAttribute who = OnnxFaceAttribute.load(out.resolve("classifier.onnx"))) {
      assertEquals("who", who.card().attribute());
      for (String name : List.of("ada", "bao", "chidi", "dalia")) {
        Image photo = Image.read(SharedData.album("people/" + name + "/" + name + "_4.jpg"));
        List<Face> faces = detector.detect(photo);
        assertEquals(name, who.classify(photo, faces).get(0).best().label());
      }
    }
  }

  /** Its batch normalizations are folded into the convolutions, and its features of unit length. */
  @Test
  void thePublishedFaceNetIsTuned() throws IOException {
    Path models = SharedData.path("models");
    Path people = people("ada", "bao");
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            people,
            "--out",
            out,
            "--from",
            "facenet-vggface2",
            "--models",
            models,
            "--epochs",
            2,
            "--freeze",
            1,
            "--batch",
            4,
            "--augment",
            "NONE");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("validation: 2 of 2 right"), run.out());
  }

  /** A checkpoint as torchvision's, with the classes it was trained on, told by its tensors. */
  @Test
  void aNetworkOfImageNetIsTuned() throws IOException {
    Path checkpoint = folder.resolve("shufflenet.safetensors");
    Architecture classes =
        Architecture.named("torchvision ShuffleNetV2 (x1.0)").withClasses().orElseThrow();
    try (Student random =
        new Student(classes, new Student.Form(1000, 224, false), new SplittableRandom(1))) {
      random.checkpoint().write(checkpoint);
    }
    Path photos = DrawnClasses.into(folder.resolve("photos"), 3);
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            photos,
            "--out",
            out,
            "--from",
            checkpoint,
            "--epochs",
            2,
            "--freeze",
            1,
            "--batch",
            3,
            "--augment",
            "NONE",
            "--no-mirror");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("classify-image --model"), run.out());
    try (ImageClassifier classifier = ImageClassifier.load(out.resolve("classifier.onnx"))) {
      assertEquals(3, classifier.classify(DrawnClasses.picture("rings", 7), 3).size());
    }
    Checkpoint before = Checkpoint.read(checkpoint);
    Checkpoint after = Checkpoint.read(out.resolve("classifier.safetensors"));
    assertFalse(after.contains("fc.weight"), "the old classes are gone");
    assertEquals(1024, after.tensor("head.weight").shape()[1]);
    assertTrue(before.contains("fc.weight"));
  }

  @Test
  void famousPeopleAreToldApart() throws IOException {
    Path photos = SharedData.path("data/celeb5");
    Path out = folder.resolve("out");
    Run run =
        run(
            "--photos",
            photos.resolve("train"),
            "--validation",
            photos.resolve("val"),
            "--out",
            out,
            "--from",
            "compact-default",
            "--epochs",
            8,
            "--freeze",
            5);
    assertEquals(0, run.exitCode(), run.err());
    JsonObject figures =
        JsonParser.parseString(Files.readString(out.resolve("classifier.json")))
            .getAsJsonObject()
            .getAsJsonObject("figures")
            .getAsJsonObject("validation");
    assertEquals(25, figures.get("photos").getAsInt());
    assertTrue(figures.get("correct").getAsInt() >= 24, figures.toString());
  }
}
