package io.facepipeline.cli.output;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON and CSV: whole files or none. */
public final class Reports {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final List<String> COLUMNS =
      List.of("image", "face", "x1", "y1", "x2", "y2", "score", "label", "similarity", "error");

  private Reports() {}

  public static void writeJson(Path file, List<PhotoResult> results) {
    JsonArray all = new JsonArray();
    results.forEach(r -> all.add(json(r)));
    boolean embeddings =
        results.stream().flatMap(r -> r.faces.stream()).anyMatch(face -> face.embedding != null);
    write(file, embeddings, part -> Files.writeString(part, GSON.toJson(all) + "\n"));
  }

  public static void writeJson(Path file, JsonElement json) {
    write(file, GSON.toJson(json) + "\n");
  }

  /** A value as JSON. */
  public static JsonElement tree(@Nullable Object value) {
    return GSON.toJsonTree(value);
  }

  /** Writes maps, lists, numbers and nulls. */
  public static void writeJson(Path file, Map<String, ?> values) {
    writeJson(file, GSON.toJsonTree(values));
  }

  private static JsonObject json(PhotoResult result) {
    JsonObject o = new JsonObject();
    o.addProperty("image", result.image);
    o.addProperty("width", result.width);
    o.addProperty("height", result.height);
    o.addProperty("millis", result.millis);
    o.addProperty("millisBest", result.millisBest);
    JsonArray faces = new JsonArray();
    for (PhotoResult.FaceResult face : result.faces) {
      JsonObject f = new JsonObject();
      f.add("box", box(face.face.box()));
      f.addProperty("score", face.face.score());
      f.add("landmarks", landmarks(face.face));
      if (face.embedding != null) {
        f.add("embedding", GSON.toJsonTree(face.embedding));
        f.addProperty("model", face.model);
      }
      if (face.identified) {
        f.add("label", face.label == null ? JsonNull.INSTANCE : GSON.toJsonTree(face.label));
        f.add(
            "similarity",
            face.similarity == null ? JsonNull.INSTANCE : GSON.toJsonTree(face.similarity));
        if (face.liveness != null) {
          f.addProperty("liveness", face.liveness);
          f.addProperty("spoof", face.spoof);
        }
      }
      if (!face.attributes.isEmpty()) {
        f.add("attributes", GSON.toJsonTree(face.attributeValues()));
      }
      if (face.quality != null) {
        f.addProperty("quality", face.quality.score());
        f.add("warnings", GSON.toJsonTree(face.quality.warnings()));
      }
      if (face.hidden != null) {
        f.addProperty("hidden", face.hidden);
      }
      faces.add(f);
    }
    o.add("faces", faces);
    o.addProperty("error", result.error);
    return o;
  }

  private static JsonElement landmarks(Face face) {
    return GSON.toJsonTree(
        face.landmarks().points().stream().map(p -> new float[] {p.x(), p.y()}).toList());
  }

  /** A box as x1, y1, x2, y2. */
  public static JsonElement box(Box box) {
    return GSON.toJsonTree(new float[] {box.x1(), box.y1(), box.x2(), box.y2()});
  }

  /**
   * A row per face, and a row per photo without one or with an error. Embeddings follow, a column
   * per number, named as in the export of a gallery.
   */
  public static void writeCsv(Path file, List<PhotoResult> results) {
    int dimensions =
        results.stream()
            .flatMap(r -> r.faces.stream())
            .mapToInt(face -> face.embedding == null ? 0 : face.embedding.length)
            .max()
            .orElse(0);
    List<String> columns = new ArrayList<>(COLUMNS);
    if (dimensions > 0) {
      columns.add("model");
      IntStream.range(0, dimensions).forEach(d -> columns.add("e" + d));
    }
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader(columns.toArray(new String[0])).get();
    write(
        file,
        dimensions > 0,
        part -> {
          try (CSVPrinter csv = new CSVPrinter(Files.newBufferedWriter(part), format)) {
            for (PhotoResult result : results) {
              if (result.faces.isEmpty()) {
                csv.printRecord(row(result, -1, dimensions));
              }
              for (int i = 0; i < result.faces.size(); i++) {
                csv.printRecord(row(result, i, dimensions));
              }
            }
          }
        });
  }

  private static List<@Nullable Object> row(PhotoResult result, int index, int dimensions) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(result.image);
    @Nullable String error = result.error;
    if (index < 0) {
      for (int i = 0; i < 8; i++) {
        row.add(null);
      }
    } else {
      PhotoResult.FaceResult face = result.faces.get(index);
      row.add(index);
      Box box = face.face.box();
      row.addAll(List.of(box.x1(), box.y1(), box.x2(), box.y2(), face.face.score()));
      row.add(face.label);
      row.add(face.similarity);
      error = face.spoof ? face.name() + ": refused as no live face" : error;
    }
    row.add(error);
    if (dimensions > 0) {
      PhotoResult.@Nullable FaceResult face = index < 0 ? null : result.faces.get(index);
      float @Nullable [] embedding = face == null ? null : face.embedding;
      row.add(face == null ? null : face.model);
      for (int d = 0; d < dimensions; d++) {
        row.add(embedding == null ? null : embedding[d]);
      }
    }
    return row;
  }

  /** Makes a folder for results, and those above it. */
  public static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot create the folder " + folder + "; check that its parent is writable: " + e, e);
    }
  }

  /** Writes a text: the whole file or none. */
  public static void write(Path file, String text) {
    write(file, false, part -> Files.writeString(part, text));
  }

  /**
   * Writes a file: the whole or none.
   *
   * @param embeddings whether it tells who people are, and so is made for its owner alone
   */
  public static void write(Path file, boolean embeddings, WholeFile.Content content) {
    if (embeddings) {
      WholeFile.deleteAbandonedPartsOf(file);
    }
    try {
      WholeFile.write(file, embeddings ? WholeFile.Access.OWNER : WholeFile.Access.UMASK, content);
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot write " + file + "; check that its folder is writable and has free space: " + e,
          e);
    }
  }
}
