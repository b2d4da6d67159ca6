package io.facepipeline.onnx.internal;

import static io.facepipeline.onnx.json.CardFields.optional;
import static io.facepipeline.onnx.json.CardFields.required;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.facepipeline.onnx.json.CardFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the numbers mean that an attribute's network gives: an entry's key {@code output}. */
public sealed interface OutputSpec {
  /** The numbers of an entry that says nothing of them. */
  String DEFAULT = new JsonPrimitive("logits").toString();

  /** The angles of a head, in degrees. */
  List<String> ANGLES = List.of("yaw", "pitch", "roll");

  /** The unit of {@link #ANGLES}. */
  String DEGREES = "degrees";

  /** The groups of points that make five landmarks. */
  int FIVE = 5;

  /** How numbers become the probabilities of classes. */
  enum Form {
    /** One number per class, by the softmax. */
    LOGITS,
    /** One number per class, as they are. */
    PROBABILITIES,
    /** A single number, whose sigmoid is the probability of the second of two classes. */
    SIGMOID,
    /** A single number, the probability of the second of two classes. */
    PROBABILITY;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** {@return whether there is one number for two classes} */
    public boolean isSingle() {
      return this == SIGMOID || this == PROBABILITY;
    }
  }

  /**
   * Numbers of an output.
   *
   * @param output its name; empty for the network's only output
   * @param from the first of the numbers, from 0
   * @param whole whether it has no other numbers
   */
  record Slice(String output, int from, boolean whole) {
    /** {@return all numbers of a network with one output} */
    public static Slice all() {
      return new Slice("", 0, true);
    }
  }

  /**
   * Classes.
   *
   * @param slice the numbers
   * @param form how they become probabilities
   */
  record Labels(Slice slice, Form form) implements OutputSpec {}

  /**
   * Measured quantities of one unit.
   *
   * @param values at least one
   * @param unit their unit; empty if they have none
   */
  record Measures(List<Value> values, String unit) implements OutputSpec {
    /** Creates it. */
    public Measures {
      values = List.copyOf(values);
    }
  }

  /**
   * A measured quantity: a number, or the mean of the bins' indices by their probabilities; times
   * the scale, plus the offset.
   *
   * @param label its name, such as {@code yaw}
   * @param slice its number, or its bins
   * @param bins how many bins; 0 for a number
   * @param logits whether the bins' probabilities are the softmax of the numbers
   * @param scale what a bin, or 1, is in the unit
   * @param offset what the first bin, or 0, is
   */
  record Value(String label, Slice slice, int bins, boolean logits, double scale, double offset) {}

  /**
   * A rotation matrix, 3x3, row by row, of which the {@link #ANGLES} are taken: R = Rz(roll)
   * Ry(yaw) Rx(pitch).
   *
   * @param slice its nine numbers
   */
  record Rotation(Slice slice) implements OutputSpec {}

  /**
   * Points, x and y each.
   *
   * @param slice the numbers
   * @param count how many points
   * @param low what is at the crop's left and upper border
   * @param high what is at its right and lower border
   * @param five which points' middles are the five landmarks; empty if not known
   */
  record Points(Slice slice, int count, float low, float high, List<List<Integer>> five)
      implements OutputSpec {
    /** Creates it. */
    public Points {
      five = five.stream().map(List::copyOf).toList();
    }
  }

  /**
   * Reads what an entry says.
   *
   * @param json {@code "logits"} and the like, or an object
   * @param attribute names a single quantity
   * @return the meaning
   * @throws IllegalArgumentException if something is missing, unknown or out of range
   */
  static OutputSpec parse(String json, String attribute) {
    return parse(JsonParser.parseString(json), attribute);
  }

  /**
   * Reads what an entry says.
   *
   * @param json a text such as {@code logits}, or an object
   * @param attribute names a single quantity
   * @return the meaning
   * @throws IllegalArgumentException if something is missing, unknown or out of range
   */
  static OutputSpec parse(JsonElement json, String attribute) {
    JsonObject object = new JsonObject();
    if (json.isJsonObject()) {
      object = json.getAsJsonObject();
    } else {
      object.add("kind", json);
    }
    String kind = required(object, "kind").getAsString();
    for (Form form : Form.values()) {
      if (form.text().equals(kind)) {
        CardFields.requireKnown(object, Set.of("kind", "name", "from"));
        return new Labels(slice(object, object), form);
      }
    }
    return switch (kind) {
      case "value" -> values(object, attribute, false);
      case "bins" -> values(object, attribute, true);
      case "rotation" -> {
        CardFields.requireKnown(object, Set.of("kind", "name", "from"));
        yield new Rotation(slice(object, object));
      }
      case "points" -> points(object);
      default ->
          throw new IllegalArgumentException(
              "the output \""
                  + kind
                  + "\" is none of "
                  + Arrays.stream(Form.values()).map(Form::text).toList()
                  + ", value, bins, rotation, points");
    };
  }

  private static Measures values(JsonObject object, String attribute, boolean bins) {
    Set<String> one =
        bins
            ? Set.of("label", "name", "from", "bins", "of", "scale", "offset")
            : Set.of("label", "name", "from", "scale", "offset");
    List<String> all = new ArrayList<>(one);
    all.addAll(List.of("kind", "unit", "values"));
    all.remove("label");
    CardFields.requireKnown(object, Set.copyOf(all));
    List<Value> values = new ArrayList<>();
    if (object.has("values")) {
      for (JsonElement element : object.get("values").getAsJsonArray()) {
        JsonObject value = element.getAsJsonObject();
        CardFields.requireKnown(value, one);
        values.add(value(value, object, required(value, "label").getAsString(), bins));
      }
    } else {
      values.add(value(object, object, attribute, bins));
    }
    if (values.isEmpty() || values.stream().map(Value::label).distinct().count() != values.size()) {
      throw new IllegalArgumentException(
          "the values of an output need labels, each once, got "
              + values.stream().map(Value::label).toList());
    }
    return new Measures(values, optional(object, "unit").map(JsonElement::getAsString).orElse(""));
  }

  /** What is not said of a value is said of all. */
  private static Value value(JsonObject json, JsonObject all, String label, boolean bins) {
    int count = bins ? field(json, all, "bins").getAsInt() : 0;
    if (bins && count < 2) {
      throw new IllegalArgumentException("there must be two bins or more, got " + count);
    }
    String of = json.has("of") || all.has("of") ? field(json, all, "of").getAsString() : "logits";
    if (!of.equals("logits") && !of.equals("probabilities")) {
      throw new IllegalArgumentException(
          "bins are of \"logits\" or \"probabilities\", got \"" + of + "\"");
    }
    double scale = number(json, all, "scale", 1);
    double offset = number(json, all, "offset", 0);
    if (!Double.isFinite(scale) || scale == 0 || !Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "the scale must be a number other than 0, and the offset a number, got "
              + scale
              + " and "
              + offset);
    }
    return new Value(label, slice(json, all), count, of.equals("logits"), scale, offset);
  }

  private static JsonElement field(JsonObject json, JsonObject all, String key) {
    return optional(json, key).orElseGet(() -> required(all, key));
  }

  private static double number(JsonObject json, JsonObject all, String key, double otherwise) {
    return json.has(key) || all.has(key) ? field(json, all, key).getAsDouble() : otherwise;
  }

  private static Points points(JsonObject object) {
    CardFields.requireKnown(object, Set.of("kind", "name", "from", "count", "range", "five"));
    int count = required(object, "count").getAsInt();
    List<Float> range = CardFields.floats(required(object, "range"));
    if (count < 1 || range.size() != 2 || !(range.get(0) < range.get(1))) {
      throw new IllegalArgumentException(
          "points need a count of at least 1 and a range of two numbers, the lower first, got "
              + count
              + " and "
              + range);
    }
    List<List<Integer>> five = new ArrayList<>();
    optional(object, "five")
        .ifPresent(
            groups ->
                groups
                    .getAsJsonArray()
                    .forEach(
                        group -> {
                          List<Integer> indices = new ArrayList<>();
                          group.getAsJsonArray().forEach(i -> indices.add(i.getAsInt()));
                          five.add(indices);
                        }));
    boolean known =
        five.stream().allMatch(g -> !g.isEmpty() && g.stream().allMatch(i -> i >= 0 && i < count));
    if (!known || (!five.isEmpty() && five.size() != FIVE)) {
      throw new IllegalArgumentException(
          "\"five\" is a list of points for each of the five landmarks, of 0 to "
              + (count - 1)
              + ", got "
              + five);
    }
    return new Points(slice(object, object), count, range.get(0), range.get(1), five);
  }

  private static Slice slice(JsonObject json, JsonObject all) {
    String name = json.has("name") || all.has("name") ? field(json, all, "name").getAsString() : "";
    double from = number(json, all, "from", 0);
    if (from < 0 || from != Math.rint(from)) {
      throw new IllegalArgumentException(
          "\"from\" is the index of a number, counted from 0, got " + from);
    }
    return new Slice(name, (int) from, !json.has("from") && !all.has("from"));
  }
}
