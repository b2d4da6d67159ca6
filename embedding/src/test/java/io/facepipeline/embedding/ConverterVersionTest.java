package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.embedding.internal.ConverterVersion;
import org.junit.jupiter.api.Test;

/** The build says which one it is; where the classes lie does not matter. */
class ConverterVersionTest {
  @Test
  void theBuildIsNamedByTheBuild() {
    String version = ConverterVersion.current();
    assertFalse(version.contains("unknown"), version);
    assertFalse(version.contains("${"), version);
    assertTrue(version.matches("2 \\d+\\.\\d+\\.\\d+.* \\d+\\.\\d+\\.\\d+.*"), version);
    assertEquals(version, ConverterVersion.current());
    assertEquals("unknown", ConverterVersion.stamp(ConverterVersion.class, "/no/such.properties"));
  }
}
