package io.facepipeline.onnx.catalog;

import static io.facepipeline.onnx.json.CardFields.optional;
import static io.facepipeline.onnx.json.CardFields.required;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.onnx.catalog.CatalogEntry.Input;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.internal.OutputSpec;
import io.facepipeline.onnx.json.CardFields;
import io.facepipeline.onnx.store.PublishedFile;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The fields of an entry's JSON. What is wrong is an exception that names the key. */
final class EntryReader {
  private static final String WHITENED = "whitened";
  private static final Set<String> INPUT_KEYS =
      Set.of("crop", "colorOrder", "mean", "deviation", WHITENED);
  private static final Set<String> FILE_KEYS =
      Set.of(
          "name",
          "size",
          "sha256",
          "download",
          "alternatives",
          "crop",
          "colorOrder",
          "mean",
          "deviation",
          WHITENED);
  private static final Set<String> KEYS =
      Set.of(
          "id",
          "kind",
          "architecture",
          "format",
          "files",
          "origin",
          "license",
          "trainedOn",
          "crop",
          "colorOrder",
          "mean",
          "deviation",
          WHITENED,
          "embeddingSize",
          "accuracy",
          "thresholds",
          "attribute",
          "classes",
          "output",
          "classNames");

  private final JsonObject json;
  private final String id;
  private final Kind kind;

  EntryReader(JsonObject json) {
    this.json = json;
    CardFields.requireKnown(json, KEYS);
    id = required(json, "id").getAsString();
    String named = required(json, "kind").getAsString();
    kind =
        Arrays.stream(Kind.values())
            .filter(k -> k.toString().equals(named))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the kind \"" + named + "\" is none of " + Arrays.toString(Kind.values())));
  }

  String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  String architecture() {
    return kind == Kind.CLASS_NAMES ? "" : required(json, "architecture").getAsString();
  }

  boolean isOnnx() {
    String format = optional(json, "format").map(JsonElement::getAsString).orElse("checkpoint");
    if (!format.equals("onnx") && !format.equals("checkpoint")) {
      throw new IllegalArgumentException(
          "the format \"" + format + "\" is neither \"checkpoint\" nor \"onnx\"");
    }
    return format.equals("onnx");
  }

  List<PublishedFile> files() {
    String origin = required(json, "origin").getAsString();
    PublishedFile.License license = license(required(json, "license"));
    List<PublishedFile> files = new ArrayList<>();
    for (JsonObject file : fileObjects()) {
      CardFields.requireKnown(file, FILE_KEYS);
      List<PublishedFile.Version> versions = new ArrayList<>(List.of(version(file)));
      optional(file, "alternatives")
          .ifPresent(a -> a.getAsJsonArray().forEach(v -> versions.add(alternative(v))));
      URI download = optional(file, "download").map(d -> URI.create(d.getAsString())).orElse(null);
      files.add(new PublishedFile(id, versions, origin, license, download));
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("it has no file");
    }
    return List.copyOf(files);
  }

  private List<JsonObject> fileObjects() {
    List<JsonObject> objects = new ArrayList<>();
    required(json, "files").getAsJsonArray().forEach(f -> objects.add(f.getAsJsonObject()));
    return objects;
  }

  private static PublishedFile.Version alternative(JsonElement json) {
    CardFields.requireKnown(json.getAsJsonObject(), Set.of("name", "size", "sha256"));
    return version(json.getAsJsonObject());
  }

  private static PublishedFile.Version version(JsonObject file) {
    return new PublishedFile.Version(
        required(file, "name").getAsString(),
        optional(file, "size").map(JsonElement::getAsLong).orElse(0L),
        optional(file, "sha256").map(JsonElement::getAsString).orElse(""));
  }

  /** An SPDX id of which the library knows the address, or name and address. */
  private static PublishedFile.License license(JsonElement json) {
    if (json.isJsonObject()) {
      JsonObject terms = json.getAsJsonObject();
      CardFields.requireKnown(terms, Set.of("name", "url", "commercialUse", "restricted"));
      return new PublishedFile.License(
          required(terms, "name").getAsString(),
          required(terms, "url").getAsString(),
          commercialUse(terms));
    }
    List<PublishedFile.License> known =
        List.of(
            PublishedFile.License.MIT, PublishedFile.License.APACHE_2, PublishedFile.License.BSD_3);
    return known.stream()
        .filter(l -> l.name().equals(json.getAsString()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the license \""
                        + json.getAsString()
                        + "\" is none of "
                        + known
                        + "; write {\"name\": ..., \"url\": ..., \"commercialUse\": \"yes\", \"no\""
                        + " or \"unstated\"}"));
  }

  /** What is not said is unstated; {@code restricted} is an older way to say no. */
  private static CommercialUse commercialUse(JsonObject terms) {
    boolean restricted = optional(terms, "restricted").map(JsonElement::getAsBoolean).orElse(false);
    Optional<String> stated = optional(terms, "commercialUse").map(JsonElement::getAsString);
    if (stated.isEmpty()) {
      return restricted ? CommercialUse.NO : CommercialUse.UNSTATED;
    }
    CommercialUse use = CommercialUse.of(stated.get());
    if (restricted && use != CommercialUse.NO) {
      throw new IllegalArgumentException(
          "the license is restricted, but its commercialUse is \"" + use + "\"; leave one out");
    }
    return use;
  }

  Optional<String> trainedOn() {
    return optional(json, "trainedOn").map(JsonElement::getAsString);
  }

  /** What each file is fed with; what is not said for a file is said for all. */
  List<Input> inputs() {
    List<JsonObject> files = fileObjects();
    boolean stated = INPUT_KEYS.stream().anyMatch(key -> json.has(key) || files.get(0).has(key));
    boolean needed =
        kind == Kind.FACE_EMBEDDER || kind == Kind.FACE_ATTRIBUTE || kind == Kind.IMAGE_CLASSIFIER;
    return stated || needed ? files.stream().map(this::input).toList() : List.of();
  }

  private Input input(JsonObject file) {
    JsonObject crop = inputField(file, "crop").getAsJsonObject();
    ModelCard.ColorOrder order = CardFields.colorOrder(inputField(file, "colorOrder"));
    boolean whitened = isWhitened(file) || (!file.has("mean") && isWhitened(json));
    List<Float> mean = whitened ? List.of(0f) : CardFields.floats(inputField(file, "mean"));
    List<Float> deviation =
        whitened ? List.of(1f) : CardFields.floats(inputField(file, "deviation"));
    CardFields.requireKnown(crop, Set.of("width", "height", "rule"));
    if (kind == Kind.FACE_EMBEDDER || kind == Kind.FACE_ATTRIBUTE) {
      CropSpec spec = CardFields.crop(crop);
      return new Input(spec.width(), spec.height(), spec.rule(), order, mean, deviation, whitened);
    }
    if (whitened && kind == Kind.FACE_DETECTOR) {
      throw new IllegalArgumentException(
          "a detector's images cannot be whitened; state a mean and a deviation");
    }
    return new Input(
        required(crop, "width").getAsInt(),
        required(crop, "height").getAsInt(),
        null,
        order,
        mean,
        deviation,
        whitened);
  }

  private static boolean isWhitened(JsonObject fields) {
    boolean whitened = optional(fields, WHITENED).filter(JsonElement::getAsBoolean).isPresent();
    if (whitened && (fields.has("mean") || fields.has("deviation"))) {
      throw new IllegalArgumentException(
          "there are a mean and a deviation, but images are also said to be whitened; keep one");
    }
    return whitened;
  }

  private JsonElement inputField(JsonObject file, String key) {
    return optional(file, key).orElseGet(() -> required(json, key));
  }

  int embeddingSize() {
    if (kind != Kind.FACE_EMBEDDER) {
      return 0;
    }
    int size = required(json, "embeddingSize").getAsInt();
    if (size < 1) {
      throw new IllegalArgumentException("the embeddingSize must be positive, got " + size);
    }
    return size;
  }

  List<CatalogEntry.Accuracy> accuracies() {
    List<JsonElement> stated = new ArrayList<>();
    optional(json, "accuracy")
        .ifPresent(
            a -> {
              if (a.isJsonArray()) {
                a.getAsJsonArray().forEach(stated::add);
              } else {
                stated.add(a);
              }
            });
    return stated.stream().map(JsonElement::getAsJsonObject).map(EntryReader::accuracy).toList();
  }

  private static CatalogEntry.Accuracy accuracy(JsonObject json) {
    return new CatalogEntry.Accuracy(
        required(json, "benchmark").getAsString(),
        required(json, "percent").getAsDouble(),
        required(json, "source").getAsString());
  }

  Optional<ModelCard.Thresholds> thresholds() {
    return optional(json, "thresholds").map(t -> CardFields.thresholds(t.getAsJsonObject()));
  }

  Optional<String> attribute() {
    return kind == Kind.FACE_ATTRIBUTE
        ? Optional.of(required(json, "attribute").getAsString())
        : Optional.empty();
  }

  List<String> classes() {
    boolean needed = kind == Kind.FACE_ATTRIBUTE && meaning() instanceof OutputSpec.Labels;
    Optional<JsonElement> classes =
        needed ? Optional.of(required(json, "classes")) : optional(json, "classes");
    List<String> labels = classes.map(CardFields::texts).map(List::copyOf).orElse(List.of());
    if (kind == Kind.FACE_ATTRIBUTE && !needed && !labels.isEmpty()) {
      throw new IllegalArgumentException(
          "its output is no classes, but it has \"classes\": " + labels + "; leave one out");
    }
    if (needed && meaning() instanceof OutputSpec.Labels l && l.form().isSingle()) {
      requireTwo(labels);
    }
    return labels;
  }

  private static void requireTwo(List<String> labels) {
    if (labels.size() != 2) {
      throw new IllegalArgumentException(
          "a single probability is that of the second of two classes, got " + labels);
    }
  }

  /** As JSON; it is read here once, so that what is wrong is told now. */
  String output() {
    meaning();
    return optional(json, "output").map(JsonElement::toString).orElse(OutputSpec.DEFAULT);
  }

  private OutputSpec meaning() {
    JsonElement output = optional(json, "output").orElseGet(() -> new JsonPrimitive("logits"));
    OutputSpec meaning = OutputSpec.parse(output, attribute().orElse("value"));
    if (kind != Kind.FACE_ATTRIBUTE
        && !(meaning instanceof OutputSpec.Labels l && !l.form().isSingle())) {
      throw new IllegalArgumentException(
          "the output of a model that tells no attribute of faces is \"logits\" or"
              + " \"probabilities\", got "
              + output);
    }
    if (!(meaning instanceof OutputSpec.Labels) && fileObjects().size() > 1) {
      throw new IllegalArgumentException(
          "only the probabilities of several networks are averaged, and its output is " + output);
    }
    return meaning;
  }

  Optional<String> classNames() {
    return optional(json, "classNames").map(JsonElement::getAsString);
  }
}
