package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Where the library keeps what it can make again. */
class UserCacheTest {
  @Test
  void theCacheLiesWhereTheSystemKeepsCaches() {
    UnaryOperator<String> home = Map.of("user.home", "/home/ada")::get;
    UnaryOperator<String> properties = k -> Optional.ofNullable(home.apply(k)).orElse("");
    UnaryOperator<String> none = k -> "";
    assertEquals(
        Optional.of(Path.of("/home/ada/.cache/facepipeline")),
        UserCache.find("Linux", properties, none));
    assertEquals(
        Optional.of(Path.of("/home/ada/Library/Caches/facepipeline")),
        UserCache.find("Mac OS X", properties, none));
    assertEquals(
        Optional.of(Path.of("/home/ada/AppData/Local/facepipeline/Cache")),
        UserCache.find("Windows 11", properties, none));
    assertEquals(
        Optional.of(Path.of("/xdg/facepipeline")),
        UserCache.find("Linux", properties, k -> k.equals("XDG_CACHE_HOME") ? "/xdg" : ""));
    assertEquals(
        Optional.of(Path.of("/home/ada/.cache/facepipeline")),
        UserCache.find("Linux", properties, k -> k.equals("XDG_CACHE_HOME") ? "relative" : ""));
    assertEquals(
        Optional.of(Path.of("/mine")),
        UserCache.find("Linux", properties, k -> k.equals(UserCache.VARIABLE) ? "/mine" : ""));
    assertEquals(
        Optional.of(Path.of("/first")),
        UserCache.find("Linux", k -> k.equals(UserCache.PROPERTY) ? "/first" : "", k -> "/second"));
  }

  /** Java says "?" for a user whom the system does not know; that is no folder to write to. */
  @Test
  void aUserWithoutAHomeHasNoCacheUnlessOneIsNamed() {
    for (String home : List.of("?", "", " ", "relative/home")) {
      UnaryOperator<String> properties = k -> k.equals("user.home") ? home : "";
      for (String system : List.of("Linux", "Mac OS X", "Windows 11")) {
        assertEquals(Optional.empty(), UserCache.find(system, properties, k -> ""), system + home);
      }
      assertEquals(
          Optional.of(Path.of("/mine")),
          UserCache.find("Linux", properties, k -> k.equals(UserCache.VARIABLE) ? "/mine" : ""));
    }
    assertTrue(UserCache.advice().contains(UserCache.VARIABLE));
    assertTrue(UserCache.advice().contains(UserCache.PROPERTY));
  }
}
