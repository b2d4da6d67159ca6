package io.facepipeline.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What may be noted about a person: text that every form of a gallery can hold. */
public final class MetadataText {
  private MetadataText() {}

  /**
   * Checks metadata.
   *
   * @param metadata keys and values
   * @return a copy
   * @throws IllegalArgumentException if a key or value is not valid Unicode, or holds NUL
   */
  public static Map<String, String> accept(Map<String, String> metadata) {
    metadata.forEach(
        (key, value) -> {
          for (String text : List.of(key, value)) {
            if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
              throw new IllegalArgumentException(
                  "metadata must be valid Unicode without NUL, got the entry \"" + key + "\"");
            }
          }
        });
    return Map.copyOf(metadata);
  }
}
