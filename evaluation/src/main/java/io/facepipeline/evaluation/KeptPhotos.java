package io.facepipeline.evaluation;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.internal.PhotoCache;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a run found in photos, kept under the photo's bytes and the settings of the run. */
final class KeptPhotos {
  private static final String FORMAT = "evaluated photo 2";
  private static final int LANDMARK_NUMBERS = 10;

  private final PhotoCache cache;
  private final String settings;

  KeptPhotos(Path folder, String settings) {
    this.cache = new PhotoCache(folder);
    this.settings = settings;
  }

  /** The key of a photo. */
  String key(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return String.join("\n", FORMAT, HexFormat.of().formatHex(hash), settings);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  /** The result for a photo, if it is known. */
  Optional<EvaluationRun.EvaluatedPhoto> find(String key, Path file) {
    return cache.get(key).map(bytes -> read(bytes, file));
  }

  /** Keeps what was found in a photo. */
  void store(String key, EvaluationRun.EvaluatedPhoto photo) {
    cache.put(key, bytes(photo));
  }

  private static byte[] bytes(EvaluationRun.EvaluatedPhoto photo) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(photo.faces().size());
      for (Face face : photo.faces()) {
        Box box = face.box();
        for (float edge : new float[] {box.x1(), box.y1(), box.x2(), box.y2()}) {
          out.writeFloat(edge);
        }
        for (Point point : face.landmarks().points()) {
          out.writeFloat(point.x());
          out.writeFloat(point.y());
        }
        out.writeFloat(face.score());
      }
      out.writeBoolean(photo.embedding().isPresent());
      if (photo.embedding().isPresent()) {
        Embedding embedding = photo.embedding().get();
        out.writeUTF(embedding.fingerprint());
        out.writeInt(embedding.size());
        for (float value : embedding.toArray()) {
          out.writeFloat(value);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static EvaluationRun.EvaluatedPhoto read(byte[] bytes, Path file) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int count = in.readInt();
      List<Face> faces = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Box box = new Box(in.readFloat(), in.readFloat(), in.readFloat(), in.readFloat());
        Landmarks landmarks = Landmarks.of(floats(in, LANDMARK_NUMBERS));
        faces.add(new Face(box, landmarks, in.readFloat()));
      }
      if (!in.readBoolean()) {
        return EvaluationRun.EvaluatedPhoto.detected(file, faces);
      }
      String fingerprint = in.readUTF();
      Embedding embedding = Embedding.of(fingerprint, floats(in, in.readInt()));
      return EvaluationRun.EvaluatedPhoto.embedded(file, faces.get(0), embedding);
    } catch (IOException e) {
      throw new UncheckedIOException("the cache gives what was stored, whole", e);
    }
  }

  private static float[] floats(DataInputStream in, int count) throws IOException {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
