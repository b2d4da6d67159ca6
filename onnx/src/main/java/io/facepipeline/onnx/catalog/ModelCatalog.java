package io.facepipeline.onnx.catalog;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog of models, by id. The entries are JSON:
 *
 * <pre>{@code
 * {"models": [{
 *   "id": "their-model",
 *   "kind": "face-embedder",
 *   "architecture": "IR-50",
 *   "files": [{"name": "their_ir50.pth", "size": 174721, "sha256": "90a0...", "download": "https://..."}],
 *   "origin": "github.com/them/faces",
 *   "license": "MIT",
 *   "trainedOn": "MS-Celeb-1M",
 *   "crop": {"width": 112, "height": 112, "rule": "arcface"},
 *   "colorOrder": "RGB", "mean": [127.5], "deviation": [128],
 *   "embeddingSize": 512,
 *   "accuracy": {"benchmark": "LFW accuracy", "percent": 99.7, "source": "their README"},
 *   "thresholds": {"verification": 0.3, "identification": 0.4, "impostorPairs": 3000, "data": "LFW"}
 * }]}
 * }</pre>
 *
 * <p>{@code docs/models.md} lists all keys. The built-in entries come first, in the order
 * detectors, embedders, image classifiers, attributes. A resource {@code
 * META-INF/facepipeline/catalog.json} on the class path or in a module adds entries.
 *
 * <p>Immutable and thread-safe.
 */
public final class ModelCatalog {
  /** The resource that adds entries to {@link #installed}. */
  public static final String RESOURCE = "META-INF/facepipeline/catalog.json";

  /** An entry as it was written, and where. */
  private record Source(String name, JsonObject json, CatalogEntry entry) {}

  private final Map<String, Source> sources;
  private final List<CatalogEntry> entries;

  private ModelCatalog(Map<String, Source> sources) {
    this.sources = sources;
    entries =
        sources.values().stream()
            .map(Source::entry)
            .sorted(Comparator.comparing(CatalogEntry::kind))
            .toList();
  }

  /**
   * {@return the catalog of all artifacts on the class path that this class's loader and the
   * current thread's context loader see}
   *
   * @throws MalformedModelException if a catalog on the class path cannot be used; the message
   *     names it, the entry and the key
   */
  public static ModelCatalog installed() {
    return InstalledCatalog.get();
  }

  /**
   * {@return the catalog in a file: an object with {@code models}, or a single entry}
   *
   * @param file a JSON file
   * @throws ModelNotFoundException if it cannot be read
   * @throws MalformedModelException if it is not a catalog; the message names the entry and the key
   */
  public static ModelCatalog read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new ModelNotFoundException(
          "the catalog " + file + " cannot be read (" + e + "); check its name and rights", e);
    }
  }

  /**
   * {@return the catalog in a JSON text}
   *
   * @param name its name in messages
   * @param json the text
   * @throws MalformedModelException if it is not a catalog; the message names the entry and the key
   */
  public static ModelCatalog parse(String name, String json) {
    Map<String, Source> sources = new LinkedHashMap<>();
    JsonObject whole = object(name, json);
    if (!whole.has("models")) {
      add(sources, source(name, whole));
      return new ModelCatalog(sources);
    }
    if (whole.size() > 1 || !whole.get("models").isJsonArray()) {
      throw new MalformedModelException(
          "the catalog "
              + name
              + " has the keys "
              + whole.keySet()
              + " but may have only a list \"models\"; correct it");
    }
    for (JsonElement element : whole.get("models").getAsJsonArray()) {
      if (!element.isJsonObject()) {
        throw new MalformedModelException(
            "the catalog " + name + " holds " + element + " instead of a model");
      }
      add(sources, source(name, element.getAsJsonObject()));
    }
    return new ModelCatalog(sources);
  }

  private static JsonObject object(String name, String json) {
    try {
      return JsonParser.parseString(json).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new MalformedModelException(
          "the catalog " + name + " is not a JSON object: " + e.getMessage() + "; correct it", e);
    }
  }

  private static Source source(String name, JsonObject json) {
    try {
      return new Source(name, json, new CatalogEntry(new EntryReader(json)));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException e) {
      throw new MalformedModelException(
          "the entry "
              + (json.has("id") ? json.get("id") : "without id")
              + " of the catalog "
              + name
              + " cannot be used: "
              + e.getMessage()
              + "; correct it",
          e);
    }
  }

  /** The same entry twice is one: a class path may hold an artifact twice. */
  private static void add(Map<String, Source> sources, Source source) {
    Source old = sources.putIfAbsent(source.entry.id(), source);
    if (old != null && !old.json.equals(source.json)) {
      throw new MalformedModelException(
          "the model id "
              + source.entry.id()
              + " is in the catalog "
              + source.name
              + " and, with other contents, in "
              + old.name
              + "; change the id of one of them");
    }
  }

  /**
   * {@return this catalog with another's entries, each after those of its kind}
   *
   * @param other the other catalog
   * @throws MalformedModelException if both have an id with different contents
   */
  public ModelCatalog and(ModelCatalog other) {
    Map<String, Source> all = new LinkedHashMap<>(sources);
    other.sources.values().forEach(source -> add(all, source));
    return new ModelCatalog(all);
  }

  /** {@return the entries by kind, within a kind in the order of the catalogs} */
  public List<CatalogEntry> entries() {
    return entries;
  }

  /**
   * {@return the entries of a kind}
   *
   * @param kind the kind
   */
  public List<CatalogEntry> entries(Kind kind) {
    return entries.stream().filter(entry -> entry.kind() == kind).toList();
  }

  /**
   * {@return the entry with an id}
   *
   * @param id the id, such as {@code mobilefacenet-foamliu}
   */
  public Optional<CatalogEntry> entry(String id) {
    return Optional.ofNullable(sources.get(id)).map(Source::entry);
  }

  /**
   * {@return the entry with an id}
   *
   * @param kind its kind
   * @param id the id, such as {@code expression-face-api}
   * @throws IllegalArgumentException if there is none of this kind; the message lists the ids of
   *     this kind
   */
  public CatalogEntry require(Kind kind, String id) {
    return entry(id)
        .filter(entry -> entry.kind() == kind)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no " + kind + " has the id " + id + "; the catalog has " + entries(kind)));
  }
}
