package io.facepipeline.onnx.checkpoint.pickle;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/** A pickled dict, OrderedDict or the like, in the order of the file. */
public final class PyDict {
  // Comparing long keys again and again could take hours.
  private static final int MAX_KEY = 4096;

  private final Map<Object, Object> entries = new LinkedHashMap<>();

  /**
   * Hashing a container could recurse without end, so a key that is no scalar counts as equal to
   * nothing, and so does a very long one.
   */
  void put(Object key, Object value) {
    boolean scalar =
        (key instanceof String text && text.length() <= MAX_KEY)
            || key instanceof Long
            || key instanceof Double
            || key instanceof Boolean
            || key instanceof BigInteger;
    entries.put(scalar ? key : new Object(), value);
  }

  public Map<Object, Object> entries() {
    return entries;
  }
}
