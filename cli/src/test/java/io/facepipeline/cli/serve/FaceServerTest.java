package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.models.DefaultModels;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaceServerTest extends FaceServerFixture {
  /** Takes everything for a picture of a face. */
  private static final class Suspicious implements FaceAttribute {
    @Override
    public FaceAttribute.Card card() {
      return new FaceAttribute.Card(
          "liveness",
          "suspicious",
          List.of(CropSpec.margin(8, 0)),
          List.of("live", "attack"),
          "none",
          "here");
    }

    @Override
    public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
      FaceAttribute.Scores attack =
          new FaceAttribute.Scores(
              "liveness",
              "suspicious",
              List.of(
                  new FaceAttribute.LabelScore("live", 0.1f),
                  new FaceAttribute.LabelScore("attack", 0.9f)));
      return faces.stream().map(face -> attack).toList();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsNotLiveIsMarkedAndNotEnrolled() throws Exception {
    FacePipeline strict = FacePipeline.builder().requireLive(new Suspicious(), 0.5f).build();
    try (FaceServer other = FaceServer.start(strict, options(0))) {
      HttpResponse<String> seen = post(other, "/api/faces", BodyPublishers.ofFile(ADA));
      JsonObject face = json(seen).getAsJsonArray("faces").get(0).getAsJsonObject();
      assertTrue(face.get("spoof").getAsBoolean(), face.toString());
      assertEquals(0.1f, face.get("liveness").getAsFloat());
      assertTrue(face.get("label").isJsonNull());
      HttpResponse<String> refused =
          post(other, "/api/people?label=ada&face=0", BodyPublishers.ofFile(ADA));
      assertEquals(422, refused.statusCode(), refused.body());
      assertTrue(error(refused).contains("taken for a picture of a face"), refused.body());
      assertEquals(List.of(), labels(other));
    }
  }

  @Test
  void aFaceIsUnknownUntilItIsEnrolledAndAfterItIsForgotten() throws Exception {
    assertTrue(faces(OTHER_ADA).get(0).getAsJsonObject().get("label").isJsonNull());
    HttpResponse<String> enrolled = post("/api/people?label=Ada%20L&face=0", ADA);
    assertEquals(201, enrolled.statusCode(), enrolled.body());
    assertEquals(List.of("Ada L"), labels(server));

    JsonObject face = faces(OTHER_ADA).get(0).getAsJsonObject();
    assertEquals("Ada L", face.get("label").getAsString());
    assertTrue(face.get("similarity").getAsFloat() > 0.5f, face.toString());
    assertEquals(5, face.getAsJsonArray("landmarks").size());
    JsonArray box = face.getAsJsonArray("box");
    for (JsonElement landmark : face.getAsJsonArray("landmarks")) {
      float x = landmark.getAsJsonArray().get(0).getAsFloat();
      assertTrue(x > box.get(0).getAsFloat() && x < box.get(2).getAsFloat(), face.toString());
    }

    HttpResponse<String> gone = forget(server, "Ada L");
    assertEquals(200, gone.statusCode(), gone.body());
    assertTrue(labels(server).isEmpty());
    assertTrue(faces(OTHER_ADA).get(0).getAsJsonObject().get("label").isJsonNull());
    HttpResponse<String> again = forget(server, "Ada L");
    assertEquals(404, again.statusCode());
    assertTrue(error(again).contains("Ada L"), again.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../..", "a/b", "a;b", "a?b#c", "100 %", "a\\b", "a+b", "\u00e4 \u5f20"})
  void whoeverCanBeEnrolledCanBeForgotten(String label) throws Exception {
    String query = "label=" + URLEncoder.encode(label, StandardCharsets.UTF_8) + "&face=0";
    HttpResponse<String> enrolled = post("/api/people?" + query, ADA);
    assertEquals(201, enrolled.statusCode(), enrolled.body());
    assertEquals(List.of(label), labels(server));
    assertEquals(200, forget(server, label).statusCode());
    assertTrue(labels(server).isEmpty());
  }

  @Test
  void aPhotoOfNobodyHasNoFaces() throws Exception {
    assertEquals(0, faces(NOBODY).size());
    HttpResponse<String> enrolled = post("/api/people?label=x&face=0", NOBODY);
    assertEquals(400, enrolled.statusCode());
    assertTrue(error(enrolled).contains("0 faces"), enrolled.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "label=&face=0",
        "label=%20&face=0",
        "face=0",
        "label=a%0Ab&face=0",
        "label=x",
        "label=x&face=-1",
        "label=x&face=one"
      })
  void whatCannotBeEnrolledIsNamed(String query) throws Exception {
    HttpResponse<String> response = post("/api/people?" + query, ADA);
    assertEquals(400, response.statusCode(), response.body());
    assertTrue(error(response).contains(", got "), response.body());
    assertTrue(labels(server).isEmpty());
  }

  @Test
  void aGalleryInAFolderOutlivesTheServerAndWhoeverIsForgottenDoesNot(@TempDir Path folder)
      throws Exception {
    try (FaceServer first = FaceServer.start(kept(folder), options(0))) {
      post(first, "/api/people?label=ada&face=0", BodyPublishers.ofFile(ADA));
      post(first, "/api/people?label=mallory&face=0", BodyPublishers.ofFile(OTHER_ADA));
      forget(first, "mallory");
    }
    try (FaceServer second = FaceServer.start(kept(folder), options(0))) {
      assertEquals(List.of("ada"), labels(second));
      assertTrue(json(send(request(second, "/api/people"))).get("kept").getAsBoolean());
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(content.contains("mallory"), file.toString());
      }
    }
  }

  private static FacePipeline kept(Path folder) {
    var embedder = DefaultModels.embedder(EmbedderOptions.defaults());
    return FacePipeline.builder()
        .detector(DefaultModels.mtcnn().build())
        .embedder(embedder)
        .classifier(Gallery.in(folder).model(embedder.card()).open())
        .build();
  }
}
