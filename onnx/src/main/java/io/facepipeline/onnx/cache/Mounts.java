package io.facepipeline.onnx.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What Linux says about its file systems: Java does not tell whether one allows execution. */
public final class Mounts {
  private static final Path TABLE = Path.of("/proc/self/mounts");

  private Mounts() {}

  /** {@return whether code in a folder can be executed, as far as the system tells} */
  public static boolean allowExecution(Path folder) throws IOException {
    if (!Files.isReadable(TABLE)) {
      return true;
    }
    return allowExecution(
        folder.toRealPath().toString(), Files.readAllLines(TABLE, StandardCharsets.ISO_8859_1));
  }

  public static boolean allowExecution(String folder, List<String> table) {
    int longest = -1;
    boolean allowed = true;
    for (String line : table) {
      String[] fields = line.split(" ", -1);
      if (fields.length >= 4) {
        String mount = unescaped(fields[1]);
        boolean holds = mount.equals("/") || folder.equals(mount) || folder.startsWith(mount + "/");
        // Of several file systems on one folder the last covers the others.
        if (holds && mount.length() >= longest) {
          longest = mount.length();
          allowed = !Arrays.asList(fields[3].split(",", -1)).contains("noexec");
        }
      }
    }
    return allowed;
  }

  /** Blanks and backslashes are written as octal numbers, the rest as bytes. */
  private static String unescaped(String name) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '\\' && i + 3 < name.length()) {
        plain.append((char) Integer.parseInt(name.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(name.charAt(i));
      }
    }
    return new String(
        plain.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
