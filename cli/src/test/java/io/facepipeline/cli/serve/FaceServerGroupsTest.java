package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import io.facepipeline.Image;
import io.facepipeline.testkit.SharedData;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faces of several photos as groups, and photos without faces. */
class FaceServerGroupsTest extends FaceServerFixture {
  private static final Path GROUP = SharedData.album("groups/group_1.jpg");

  @Test
  void aHiddenPhotoShowsNoFace() throws Exception {
    HttpResponse<byte[]> hidden =
        CLIENT.send(
            request(server, "/api/hidden").POST(BodyPublishers.ofFile(ADA)).build(),
            BodyHandlers.ofByteArray());
    assertEquals(200, hidden.statusCode());
    assertEquals("image/jpeg", hidden.headers().firstValue("Content-Type").orElse(""));
    assertEquals(Image.read(ADA).width(), Image.read(hidden.body()).width());
    HttpResponse<String> left =
        post(server, "/api/faces", BodyPublishers.ofByteArray(hidden.body()));
    assertTrue(left.body().contains("\"faces\":[]"), left.body());
    HttpResponse<String> refused = post(server, "/api/hidden", BodyPublishers.ofString("no photo"));
    assertEquals(415, refused.statusCode(), refused.body());
  }

  @Test
  void theFacesOfSeveralPhotosAreGroupedByPerson() throws Exception {
    List<String> photos = new ArrayList<>();
    for (Path photo : List.of(OTHER_ADA, GROUP, ADA, NOBODY)) {
      photos.add(json(post("/api/embeddings", photo)).get("embeddings").toString());
    }
    HttpResponse<String> grouped =
        post(server, "/api/groups", BodyPublishers.ofString("{\"photos\":" + photos + "}"));
    assertEquals(200, grouped.statusCode(), grouped.body());
    JsonArray groups = json(grouped).getAsJsonArray("groups");
    assertEquals(4, groups.size(), grouped.body());
    List<Integer> first =
        StreamSupport.stream(groups.get(0).getAsJsonArray().spliterator(), false)
            .map(face -> face.getAsJsonObject().get("photo").getAsInt())
            .sorted()
            .toList();
    assertEquals(List.of(0, 1, 2), first, grouped.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"photos\": []}", "{\"photos\": [[], []]}"})
  void photosWithoutFacesHaveNoGroups(String body) throws Exception {
    HttpResponse<String> answer = post(server, "/api/groups", BodyPublishers.ofString(body));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("{\"groups\":[]}", answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "photos",
        "{}",
        "[]",
        "{\"photos\": 3}",
        "{\"photos\": [null]}",
        "{\"photos\": [[null]]}",
        "{\"photos\": [[\"AAAA\"]]}",
        "{\"photos\": [[\"*\"]]}",
        "{\"photos\": [[{}]]}"
      })
  void whatIsNoListOfEmbeddingsIsRefused(String body) throws Exception {
    HttpResponse<String> refused = post(server, "/api/groups", BodyPublishers.ofString(body));
    assertEquals(400, refused.statusCode(), refused.body());
    assertFalse(error(refused).isBlank());
  }
}
