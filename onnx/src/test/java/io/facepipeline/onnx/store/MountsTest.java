package io.facepipeline.onnx.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.onnx.cache.Mounts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which file system a folder is on, by Linux's table. */
class MountsTest {
  private static final List<String> TABLE =
      List.of(
          "/dev/root / ext4 rw,relatime 0 0",
          "tmpfs /tmp tmpfs rw,nosuid,noexec 0 0",
          "tmpfs /tmp/run tmpfs rw,nosuid 0 0",
          "/dev/sdb /data\\040two ext4 rw,noexec 0 0",
          "/dev/sdc /home/j\u00c3\u00b6rg ext4 noexec 0 0",
          "/dev/sdd /twice ext4 rw,noexec 0 0",
          "/dev/sde /twice ext4 rw 0 0",
          "broken");

  @Test
  void theNearestMountDecides() {
    Map.of(
            "/usr/lib", true,
            "/tmp", false,
            "/tmp/x/y", false,
            "/tmp/run/x", true,
            "/tmpfile", true,
            "/data two/x", false,
            "/data", true,
            "/home/j\u00f6rg/.cache", false,
            "/twice/x", true)
        .forEach(
            (folder, allowed) ->
                assertEquals(allowed, Mounts.allowExecution(folder, TABLE), folder));
  }
}
