package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published models on real photos. */
class PublishedAttributesTest {
  private static ModelStore store() {
    return ModelStore.of(SharedData.path("models"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"expression-mini-xception", "expression-face-api"})
  void atLeastFiveOfTheSevenExpressionsAreRight(String model) throws IOException {
    List<Path> photos = photos(SharedData.path("data/expression"), 1);
    assertEquals(7, photos.size());
    int right = 0;
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(DefaultModels.mtcnn().minFaceSize(40).build())
            .withoutEmbedder()
            .attribute(OnnxFaceAttribute.load(model, store()))
            .build()) {
      for (Path photo : photos) {
        List<AnalyzedFace> faces = pipeline.analyze(Image.read(photo));
        Expression told = Expression.of(faces.get(0).attribute(Expression.ATTRIBUTE).orElseThrow());
        right += photo.getFileName().toString().startsWith(told.label()) ? 1 : 0;
      }
    }
    System.out.println(model + ": " + right + " of 7 expressions right");
    assertTrue(right >= 5, right + " of 7");
  }

  @Test
  void theCropsOfFer2013AreToldAsWellAsItsAuthorsSay() throws IOException {
    List<Path> photos = photos(SharedData.path("data/expression/fer"), 2);
    assertEquals(913, photos.size());
    int right = 0;
    try (FaceAttribute attribute = OnnxFaceAttribute.load("expression-mini-xception", store())) {
      for (Path photo : photos) {
        Image image = Image.read(photo);
        Face whole =
            new Face(
                new Box(0, 0, image.width(), image.height()), // landmarks play no part
                Landmarks.of(14, 19, 34, 19, 24, 29, 17, 38, 31, 38),
                1);
        FaceAttribute.Scores scores = attribute.classify(image, List.of(whole)).get(0);
        String folder = photo.getParent().getFileName().toString();
        right += scores.best().label().startsWith(folder.substring(0, 3)) ? 1 : 0;
      }
    }
    System.out.printf("FER2013: %d of %d crops right%n", right, photos.size());
    assertTrue(right >= 0.57 * photos.size(), right + " of " + photos.size());
  }

  /** Photos of people, not of pictures of people. */
  @Test
  void peopleBeforeTheCameraAreLive() throws IOException {
    int live = 0;
    int faces = 0;
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(DefaultModels.mtcnn().minFaceSize(60).build())
            .withoutEmbedder()
            .attribute(OnnxFaceAttribute.load("liveness-minifasnet", store()))
            .build()) {
      for (Path photo : photos(SharedData.path("data/photos"), 1)) {
        for (AnalyzedFace face : pipeline.analyze(Image.read(photo))) {
          faces++;
          live += face.attribute("liveness").orElseThrow().probability("live") > 0.5 ? 1 : 0;
        }
      }
    }
    System.out.println("liveness: " + live + " of " + faces + " faces live");
    assertTrue(faces >= 10 && live >= 0.9 * faces, live + " of " + faces);
  }

  private static List<Path> photos(Path folder, int depth) throws IOException {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files.filter(f -> f.toString().endsWith(".jpg")).sorted().toList();
    }
  }
}
