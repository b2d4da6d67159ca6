package io.facepipeline.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A small seeded slice of LFW and of FDDB with the published models; docs/accuracy.md has all of
 * it.
 */
final class PublishedModelsTest {
  private static final int THREADS = 2;

  @Test
  void mobileFaceNetOnASliceOfLfw() {
    List<FacePair> all =
        new ArrayList<>(
            FacePair.lfw(
                SharedData.path("data/lfw/pairs.txt"), SharedData.path("data/lfw/images")));
    Collections.shuffle(all, new Random(1));
    List<FacePair> pairs = all.subList(0, 100);
    Set<Path> photos = new LinkedHashSet<>();
    pairs.forEach(pair -> Collections.addAll(photos, pair.first().file(), pair.second().file()));
    ModelStore store = ModelStore.of(SharedData.path("models"));
    VerificationReport report;
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(Mtcnn.builder().minFaceSize(60).models(store).build())
            .embedder(Backbone.MOBILEFACENET_FOAMLIU.load(store, EmbedderOptions.defaults()))
            .withoutClassifier()
            .selection(FaceSelection.centerWeighted())
            .parallelism(THREADS)
            .build()) {
      report = VerificationReport.of(pairs, EvaluationRun.of(pipeline).embed(photos));
    }

    assertEquals(0, report.withoutFace());
    assertTrue(report.accuracy().mean() >= 0.97, report.table().toText());
    assertTrue(report.roc().areaUnderCurve() >= 0.99, report.table().toText());
  }

  @Test
  void mtcnnOnASliceOfFddb() {
    Path images = SharedData.path("data/fddb/images");
    Map<Path, List<AnnotatedFace>> truth = new LinkedHashMap<>();
    JsonArray photos = SharedData.json("data/fddb/fddb_folds_1-3.json").getAsJsonArray();
    for (int i = 0; i < photos.size(); i += 20) {
      JsonObject photo = photos.get(i).getAsJsonObject();
      List<AnnotatedFace> faces = new ArrayList<>();
      for (JsonElement ellipse : photo.getAsJsonArray("ellipses")) {
        double[] n = new double[5];
        for (int k = 0; k < n.length; k++) {
          n[k] = ellipse.getAsJsonArray().get(k).getAsDouble();
        }
        faces.add(AnnotatedFace.of(new FaceRegion.Ellipse(n[0], n[1], n[2], n[3], n[4])));
      }
      truth.put(images.resolve(photo.get("file").getAsString()), faces);
    }
    ModelStore store = ModelStore.of(SharedData.path("models"));
    List<DetectionReport.Photo> judged = new ArrayList<>();
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(Mtcnn.builder().models(store).build())
            .parallelism(THREADS)
            .build()) {
      EvaluationRun.of(pipeline)
          .detect(truth.keySet())
          .forEach(
              (file, photo) ->
                  judged.add(
                      new DetectionReport.Photo(
                          truth.getOrDefault(file, List.of()), photo.faces())));
    }
    DetectionReport report = DetectionReport.of(judged);

    assertEquals(42, judged.size());
    assertTrue(report.regions().recall() >= 0.85, report.table().toText());
    assertTrue(report.boxes().precision() >= 0.8, report.table().toText());
  }
}
