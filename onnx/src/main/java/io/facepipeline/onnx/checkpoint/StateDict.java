package io.facepipeline.onnx.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the state dict in what a pickle holds. Training scripts save it under a key beside the
 * optimizer's state, the epoch and the like; {@code DataParallel} puts "module." before every name.
 */
final class StateDict {
  /** The name of a tensor that a file holds alone. */
  static final String ONLY = "value";

  // In order of preference, as used by the training scripts of PyTorch, timm, face.evoLVe and
  // others.
  private static final List<String> WRAPPERS =
      List.of("state_dict", "model_state_dict", "model", "net");
  private static final String DATA_PARALLEL = "module.";
  private static final int MAX_DEPTH = 4;

  private StateDict() {}

  /**
   * The PickledTensor and PickledArray objects of the state dict by name, in the order of the file.
   */
  static Map<String, Object> find(CheckpointFile file, Object root) {
    if (isTensor(root)) {
      return Map.of(ONLY, root);
    }
    if (!(root instanceof PyDict dict)) {
      throw file.problem("holds neither a state dict nor a tensor; save model.state_dict()");
    }
    PyDict chosen = unwrap(dict, 0);
    if (chosen == null) {
      String keys =
          dict.entries().keySet().stream()
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .limit(10)
              .map(key -> key.length() > 50 ? key.substring(0, 50) + "..." : key)
              .collect(Collectors.joining(", "));
      throw file.problem(
          "holds no tensors by name, neither directly nor under any of "
              + WRAPPERS
              + "; its keys are ["
              + keys
              + "]; save model.state_dict()");
    }
    return chosen.entries().entrySet().stream()
        .filter(entry -> entry.getKey() instanceof String && isTensor(entry.getValue()))
        .collect(
            Collectors.toMap(
                entry -> (String) entry.getKey(),
                Map.Entry::getValue,
                (a, b) -> b,
                LinkedHashMap::new));
  }

  /** Removes "module." from all names if all have it. */
  static <T> Map<String, T> withoutPrefix(Map<String, T> tensors) {
    if (tensors.isEmpty()
        || !tensors.keySet().stream().allMatch(name -> name.startsWith(DATA_PARALLEL))) {
      return tensors;
    }
    Map<String, T> stripped = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> stripped.put(name.substring(DATA_PARALLEL.length()), tensor));
    return stripped;
  }

  /** A wrapper wins over tensors beside it, which may be a best accuracy or a moving average. */
  private static @Nullable PyDict unwrap(PyDict dict, int depth) {
    if (depth < MAX_DEPTH) {
      for (String key : WRAPPERS) {
        if (dict.entries().get(key) instanceof PyDict inner) {
          PyDict found = unwrap(inner, depth + 1);
          if (found != null) {
            return found;
          }
        }
      }
    }
    boolean any =
        dict.entries().entrySet().stream()
            .anyMatch(entry -> entry.getKey() instanceof String && isTensor(entry.getValue()));
    return any ? dict : null;
  }

  private static boolean isTensor(Object value) {
    return value instanceof PickledTensor || value instanceof PickledArray;
  }
}
