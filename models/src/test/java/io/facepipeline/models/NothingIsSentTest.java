package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.facepipeline.testkit.NativeLibraries;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process with the library in it writes, and whom it talks to: a fresh Java process in an
 * empty home, with nothing in its environment that could tell a native library to hold still.
 */
@Timeout(300)
class NothingIsSentTest {
  /** Calls that make, open for writing or rename, and those that name whom to talk to. */
  private static final String CALLS =
      "open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,"
          + "symlinkat,mknod,mknodat,truncate,connect,sendto,sendmsg,sendmmsg";

  private static final Pattern PATH = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern PORT = Pattern.compile("sin6?_port=htons\\((\\d+)\\)");

  @TempDir Path folder;

  private Path home;
  private Path temporary;
  private Path cache;
  private Path start;
  private Path gallery;

  @BeforeEach
  void emptyFolders() throws IOException {
    home = Files.createDirectory(folder.resolve("home"));
    temporary = Files.createDirectory(folder.resolve("temporary"));
    cache = Files.createDirectory(folder.resolve("cache"));
    start = Files.createDirectory(folder.resolve("start"));
    gallery = folder.resolve("gallery");
  }

  private Process start(List<String> before, String... args) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Duser.home=" + home,
            "-Djava.io.tmpdir=" + temporary,
            // The virtual machine's own figures for jps, always in /tmp.
            "-XX:-UsePerfData",
            "-Xmx1g",
            "-Dfacepipeline.root="
                + Path.of(System.getProperty("facepipeline.root", "..")).toAbsolutePath(),
            AtWork.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(start.toFile()).redirectErrorStream(true);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", path == null ? "" : path,
                "HOME", home.toString(),
                "TMPDIR", temporary.toString(),
                "FACEPIPELINE_CACHE", cache.toString()));
    return builder.start();
  }

  private static String finished(Process process) throws Exception {
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), printed);
    assertEquals(0, process.exitValue(), printed);
    return printed;
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private void assertOnlyTheCacheIsWritten() throws IOException {
    assertEquals(List.of(), filesIn(home), "the home");
    assertEquals(List.of(), filesIn(start), "the working folder");
    assertEquals(List.of(), filesIn(temporary), "the temporary folder");
    assertTrue(Files.isDirectory(cache.resolve("natives")));
  }

  @Test
  void aProcessWritesNothingButWhatItWasAskedToAndAsksNobodyButTheServer() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/net.pt",
        exchange -> {
          byte[] content = new byte[1000];
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
    server.start();
    try {
      int port = server.getAddress().getPort();
      String address = "http://127.0.0.1:" + port + "/net.pt";
      Path trace = folder.resolve("trace");
      boolean traced = canTrace();
      List<String> tracer =
          traced
              ? List.of(
                  "strace",
                  "-f",
                  "-qq",
                  "-s",
                  "4096",
                  "-e",
                  "trace=" + CALLS,
                  "-o",
                  trace.toString())
              : List.of();
      if (!traced) {
        System.out.println(
            "SKIPPED: system calls are not watched, strace is not at hand; files are compared"
                + " only");
      }
      String printed = finished(start(tracer, gallery.toString(), address));
      assertEquals(AtWork.DONE, printed.strip(), "nothing else is printed");
      assertOnlyTheCacheIsWritten();
      assertTrue(Files.isRegularFile(cache.resolve("models/net/net.pt")));
      if (traced) {
        List<String> calls = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
        assertTrue(calls.stream().anyMatch(c -> c.contains("htons(" + port + ")")));
        assertEquals(List.of(), calls.stream().filter(c -> isStray(c, port)).toList());
      }
    } finally {
      server.stop(0);
    }
  }

  /** Whether a call writes where nobody asked for it, or talks to somebody else. */
  private boolean isStray(String line, int port) {
    String call = line.replaceFirst("^\\d+ +", "");
    if (call.startsWith("connect(") || call.startsWith("send")) {
      Matcher asked = PORT.matcher(call);
      if (asked.find()) {
        boolean near = call.contains("127.0.0.1\"") || call.contains("\"::1\"");
        return Integer.parseInt(asked.group(1)) != port || !near;
      }
      // Names of users, not of hosts, are looked up with the name service's daemon.
      return call.contains("AF_UNIX") && !call.contains("/nscd/socket");
    }
    boolean writes = !call.startsWith("open") || call.matches(".*O_(WRONLY|RDWR|CREAT).*");
    if (!writes) {
      return false;
    }
    Matcher named = PATH.matcher(call);
    while (named.find()) {
      Path path = start.resolve(named.group(1)).normalize();
      if (Stream.of(cache, temporary, gallery, Path.of("/dev"), Path.of("/proc"))
          .noneMatch(path::startsWith)) {
        return true;
      }
    }
    return false;
  }

  private static boolean canTrace() throws Exception {
    if (!NativeLibraries.isProgram("strace")) {
      return false;
    }
    Process probe =
        new ProcessBuilder("strace", "-f", "-e", "trace=connect", "-o", "/dev/null", "true")
            .redirectErrorStream(true)
            .start();
    probe.getInputStream().readAllBytes();
    return probe.waitFor() == 0;
  }

  @Test
  void aKilledProcessLeavesNothingInTheTemporaryFolder() throws Exception {
    for (int round = 0; round < 2; round++) {
      Process process = start(List.of(), gallery.toString(), "-");
      String printed =
          new String(
              process.getInputStream().readNBytes(AtWork.DONE.length()), StandardCharsets.UTF_8);
      process.destroyForcibly().waitFor();
      assertEquals(AtWork.DONE, printed);
      assertOnlyTheCacheIsWritten();
    }
    try (Stream<Path> kept = Files.list(cache.resolve("natives"))) {
      assertEquals(1, kept.filter(Files::isDirectory).count());
    }
  }
}
