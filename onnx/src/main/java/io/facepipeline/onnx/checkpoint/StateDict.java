package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.pickle.Global;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import io.facepipeline.onnx.checkpoint.pickle.PickledTensor;
import io.facepipeline.onnx.checkpoint.pickle.PyDict;
import io.facepipeline.onnx.checkpoint.pickle.PyObject;
import io.facepipeline.onnx.checkpoint.pickle.PyTuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the state dict in what a pickle holds, by what it holds: names of tensors. Training scripts
 * save it under one key or another beside the optimizer's state, the epoch and their own options;
 * wrappers of modules put a prefix before every name.
 */
final class StateDict {
  /** The name of a tensor that a file holds alone. */
  static final String ONLY = "value";

  /**
   * Keys that lead to it, the preferred ones first, where several do: moving averages come last.
   */
  private static final List<String> WRAPPERS =
      List.of(
          "state_dict",
          "model_state_dict",
          "net_state_dict",
          "model_state",
          "model",
          "net",
          "network",
          "backbone",
          "backbone_state_dict",
          "encoder",
          "weights",
          "params",
          "module",
          "student",
          "state_dict_ema",
          "model_ema",
          "ema",
          "ema_state_dict",
          "params_ema",
          "shadow");

  /** Parts of keys that lead to what training needs besides. */
  private static final List<String> BESIDE =
      List.of("optim", "sched", "scaler", "rng", "callback", "loops", "hyper");

  private static final List<String> PREFIXES =
      List.of(
          "module.",
          "model.",
          "backbone.",
          "_orig_mod.",
          "net.",
          "network.",
          "encoder.",
          "student.",
          "embedder.",
          "base_model.");

  private static final List<String> AVERAGES = List.of("ema.", "model_ema.", "ema_model.");

  /** What training keeps beside the network: classifiers, losses, an optimizer's state. */
  private static final List<String> TRAINING =
      List.of(
          "head.",
          "heads.",
          "classifier.",
          "logits.",
          "margin.",
          "arcface.",
          "metric_fc.",
          "loss.",
          "criterion.",
          "optimizer.",
          "scheduler.");

  private static final String PACKED = "_packed_params._packed_params";
  private static final List<String> QUANTIZED_OUTPUT = List.of(".scale", ".zero_point");
  private static final int MAX_DEPTH = 6;
  private static final int MAX_PREFIXES = 4;

  /**
   * The PickledTensor and PickledArray objects of a state dict.
   *
   * @param place the keys that lead to it
   * @param tensors by name, in the order of the file
   */
  record Found(String place, Map<String, Object> tensors) {}

  private record Candidate(List<String> path, Map<String, Object> tensors) {
    /** Single numbers are a best accuracy or a counter. */
    int count() {
      return tensors.size() - singles() / 2;
    }

    private int singles() {
      return (int) tensors.values().stream().filter(StateDict::isSingle).count();
    }

    boolean isWrapped() {
      return !path.isEmpty() && WRAPPERS.containsAll(path);
    }

    int rank() {
      return path.stream().mapToInt(WRAPPERS::indexOf).max().orElse(0);
    }
  }

  private StateDict() {}

  /** Whether a tensor's name says that only training needs it. */
  static boolean isForTraining(String name) {
    return name.endsWith("num_batches_tracked") || TRAINING.stream().anyMatch(name::startsWith);
  }

  static Found find(CheckpointFile file, Object root) {
    if (isTensor(root)) {
      return new Found("", Map.of(ONLY, root));
    }
    List<Candidate> candidates = new ArrayList<>();
    collect(root, List.of(), candidates, Collections.newSetFromMap(new IdentityHashMap<>()));
    int most = candidates.stream().mapToInt(Candidate::count).max().orElse(0);
    return candidates.stream()
        // A wrapper wins over tensors beside it, unless it holds next to nothing of them.
        .filter(c -> c.isWrapped() || c.count() == most)
        .filter(c -> 4 * c.count() >= most)
        .min(
            Comparator.comparing((Candidate c) -> !c.isWrapped())
                .thenComparing(c -> -c.count())
                .thenComparing(Candidate::rank))
        .map(c -> new Found(String.join(".", c.path), c.tensors))
        .orElseThrow(() -> nothing(file, root));
  }

  private static void collect(
      Object value, List<String> path, List<Candidate> candidates, Set<Object> seen) {
    if (path.size() > MAX_DEPTH || !seen.add(value)) {
      return;
    }
    PyDict dict = dict(value);
    if (dict != null) {
      Map<String, Object> tensors = new LinkedHashMap<>();
      dict.entries().forEach((key, item) -> put(tensors, key, item));
      QUANTIZED_OUTPUT.forEach(
          end -> tensors.keySet().removeIf(name -> isBesidePacked(name, end, dict)));
      if (!tensors.isEmpty()) {
        candidates.add(new Candidate(path, tensors));
      }
      dict.entries()
          .forEach(
              (key, item) -> {
                if (key instanceof String name && !isBeside(name)) {
                  collect(item, longer(path, name), candidates, seen);
                }
              });
      return;
    }
    List<?> items =
        value instanceof PyTuple tuple
            ? tuple.items()
            : value instanceof List<?> list ? list : List.of();
    for (int i = 0; i < items.size(); i++) {
      Object item = items.get(i);
      if (dict(item) != null) {
        collect(item, longer(path, "[" + i + "]"), candidates, seen);
      }
    }
  }

  private static void put(Map<String, Object> tensors, Object key, Object item) {
    if (!(key instanceof String name)) {
      return;
    }
    if (isTensor(item)) {
      tensors.put(name, item);
    } else if (name.endsWith(PACKED) && item instanceof PyTuple packed && packed.size() == 2) {
      // The weight and the bias of a layer that was quantized when it was run.
      String layer = name.substring(0, name.length() - PACKED.length());
      if (isTensor(packed.get(0))) {
        tensors.put(layer + "weight", packed.get(0));
      }
      if (isTensor(packed.get(1))) {
        tensors.put(layer + "bias", packed.get(1));
      }
    }
  }

  /** Whether a number is beside packed weights: how what the layer gives was to be quantized. */
  private static boolean isBesidePacked(String name, String end, PyDict dict) {
    return name.endsWith(end)
        && dict.entries().containsKey(name.substring(0, name.length() - end.length() + 1) + PACKED);
  }

  /** What a value holds by key; null if it is no dict nor derived from one. */
  private static @Nullable PyDict dict(Object value) {
    if (value instanceof PyObject object) {
      return object.items().entries().isEmpty() ? null : object.items();
    }
    return value instanceof PyDict dict ? dict : null;
  }

  private static boolean isBeside(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return BESIDE.stream().anyMatch(lower::contains);
  }

  private static List<String> longer(List<String> path, String key) {
    List<String> longer = new ArrayList<>(path);
    longer.add(key.length() > 50 ? key.substring(0, 50) + "..." : key);
    return longer;
  }

  private static MalformedModelException nothing(CheckpointFile file, Object root) {
    String className =
        root instanceof Global global
            ? global.name()
            : root instanceof PyObject object && object != PyObject.NONE
                ? object.className()
                : null;
    if (className != null) {
      return file.problem(
          "holds a whole model or other object, of the class "
              + className
              + ", not a state dict; load it in a trusted environment and save model.state_dict()");
    }
    if (!(root instanceof PyDict dict)) {
      return file.problem("holds neither a state dict nor a tensor; save model.state_dict()");
    }
    String keys =
        dict.entries().keySet().stream()
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .limit(10)
            .map(key -> key.length() > 50 ? key.substring(0, 50) + "..." : key)
            .collect(Collectors.joining(", "));
    String objects =
        dict.entries().values().stream()
            .filter(value -> value instanceof PyObject o && o != PyObject.NONE)
            .map(value -> ((PyObject) value).className())
            .distinct()
            .limit(5)
            .collect(Collectors.joining(", "));
    return file.problem(
        "holds no tensors by name, neither directly nor below; its keys are ["
            + keys
            + "]"
            + (objects.isEmpty() ? "" : ", and it holds whole objects of " + objects)
            + "; save model.state_dict()");
  }

  /** Removes the prefixes that wrappers of modules put before the names of a network. */
  static Contents withoutPrefix(Contents contents) {
    Map<String, Tensor> tensors = withoutAverages(contents.tensors());
    StringBuilder removed = new StringBuilder();
    for (int i = 0; i < MAX_PREFIXES; i++) {
      String prefix = commonPrefix(tensors);
      if (prefix == null) {
        break;
      }
      tensors = without(prefix, tensors);
      removed.append(prefix);
    }
    if (removed.length() == 0) {
      return new Contents(contents.place(), tensors);
    }
    String place = contents.place().isEmpty() ? "" : contents.place() + ", ";
    return new Contents(place + "names without \"" + removed + "\"", tensors);
  }

  /** A moving average beside the network itself. */
  private static Map<String, Tensor> withoutAverages(Map<String, Tensor> tensors) {
    Map<String, Tensor> plain = new LinkedHashMap<>(tensors);
    plain.keySet().removeIf(name -> AVERAGES.stream().anyMatch(name::startsWith));
    boolean network = plain.keySet().stream().anyMatch(name -> !isForTraining(name));
    return network ? plain : tensors;
  }

  /** The prefix of all names but those of classifiers and counters beside the network. */
  private static @Nullable String commonPrefix(Map<String, Tensor> tensors) {
    List<String> names =
        tensors.keySet().stream()
            .filter(name -> !isForTraining(name) && !isCounter(tensors.get(name)))
            .toList();
    if (names.isEmpty()) {
      return null;
    }
    return PREFIXES.stream()
        .filter(prefix -> names.stream().allMatch(name -> name.startsWith(prefix)))
        .findFirst()
        .orElse(null);
  }

  private static boolean isCounter(@Nullable Tensor tensor) {
    return tensor != null && tensor.size() == 1 && tensor.type().isIntegral();
  }

  private static Map<String, Tensor> without(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> stripped = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          boolean prefixed = name.startsWith(prefix);
          stripped.putIfAbsent(prefixed ? name.substring(prefix.length()) : name, tensor);
        });
    return stripped;
  }

  private static boolean isSingle(Object tensor) {
    return tensor instanceof PickledTensor pickled && pickled.shape().length == 0;
  }

  private static boolean isTensor(Object value) {
    return value instanceof PickledTensor || value instanceof PickledArray;
  }
}
