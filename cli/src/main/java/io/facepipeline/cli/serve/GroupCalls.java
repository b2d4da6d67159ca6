package io.facepipeline.cli.serve;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.facepipeline.Box;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.classify.cluster.FaceAlbum;
import io.facepipeline.gallery.Gallery;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the faces of many photos by person. The server keeps nothing from one request to the next:
 * the page gets the embeddings of each photo, and sends those of all photos to be sorted.
 */
final class GroupCalls {
  private static final Gson GSON = new Gson();

  /** The table of all pairs of them takes 16 megabytes. */
  private static final int MOST_FACES = 2_000;

  private final FacePipeline pipeline;
  private final Gallery gallery;
  private final PhotoTurns turns;

  GroupCalls(FacePipeline pipeline, PhotoTurns turns) {
    this.pipeline = pipeline;
    this.turns = turns;
    gallery = pipeline.gallery(Gallery.class);
  }

  /** A photo's embeddings, each as the Base64 of its floats, little-endian. */
  private record EmbeddingsAnswer(List<String> embeddings) {}

  /** What the page sends: for each photo the embeddings of its faces. */
  private record Sent(@Nullable List<@Nullable List<@Nullable String>> photos) {}

  /** A face by its photo and its place in it, both from 0. */
  private record FaceAnswer(int photo, int face) {}

  private record GroupsAnswer(List<List<FaceAnswer>> groups) {}

  /** The embeddings of a photo's faces, in the order of the faces. */
  void embeddings(Context context) {
    FaceCalls.answer(
        context,
        turns.with(
            context,
            photo -> {
              List<String> all = new ArrayList<>();
              for (EmbeddedFace face : pipeline.embed(photo)) {
                float[] values = face.embedding().toArray();
                ByteBuffer bytes =
                    ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                all.add(Base64.getEncoder().encodeToString(bytes.array()));
              }
              return new EmbeddingsAnswer(all);
            }));
  }

  /** The faces of several photos by person, the person with the most faces first. */
  void groups(Context context) {
    byte[] body = PhotoTurns.body(context, "the embeddings of photos");
    FaceCalls.answer(context, turns.inTurn(() -> sorted(body)));
  }

  private GroupsAnswer sorted(byte[] body) {
    Map<FaceAlbum.Place, Embedding> faces = new LinkedHashMap<>();
    Map<FaceAlbum.Place, FaceAnswer> answers = new HashMap<>();
    List<List<String>> photos = photos(body);
    for (int photo = 0; photo < photos.size(); photo++) {
      for (int face = 0; face < photos.get(photo).size(); face++) {
        // Faces of one photo are told apart by their places, whatever these are.
        FaceAlbum.Place place =
            new FaceAlbum.Place("photo " + photo, new Box(2 * face, 0, 2 * face + 1, 1));
        faces.put(place, embedding(photos.get(photo).get(face)));
        answers.put(place, new FaceAnswer(photo, face));
      }
    }
    if (faces.size() > MOST_FACES) {
      throw refused("at most " + MOST_FACES + " faces can be grouped at once, got " + faces.size());
    }
    return new GroupsAnswer(
        FaceAlbum.empty().sorted(faces, gallery.threshold()).people().stream()
            .map(person -> person.faces().stream().map(answers::get).toList())
            .toList());
  }

  private static List<List<String>> photos(byte[] body) {
    Sent sent;
    try {
      sent = GSON.fromJson(new String(body, StandardCharsets.UTF_8), Sent.class);
    } catch (JsonParseException e) {
      throw refused("the body is no JSON of photos and their embeddings");
    }
    if (sent == null || sent.photos() == null) {
      throw refused("the body has no photos; send {\"photos\": [[EMBEDDING, ...], ...]}");
    }
    List<List<String>> photos = new ArrayList<>();
    for (List<@Nullable String> photo : sent.photos()) {
      if (photo == null || photo.contains(null)) {
        throw refused("photo " + photos.size() + " has no list of embeddings");
      }
      photos.add(List.copyOf(photo));
    }
    return photos;
  }

  private Embedding embedding(String encoded) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      throw refused("an embedding is no Base64");
    }
    int size = pipeline.card().embeddingSize();
    if (bytes.length != Float.BYTES * size) {
      throw refused(
          "an embedding has " + size + " numbers of four bytes, got " + bytes.length + " bytes");
    }
    float[] values = new float[size];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    try {
      return Embedding.of(gallery.fingerprint(), values);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static RefusedException refused(String problem) {
    return new RefusedException(HttpStatus.BAD_REQUEST, problem);
  }
}
