package io.facepipeline.jdbc;

import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several programs that change one gallery. Each tells on a pipe what it begins and what was
 * acknowledged. Meanwhile the server restarts, and one of them is killed and another takes its
 * place. In the end the database must hold what was acknowledged, and of a change that was under
 * way in the killed one all or nothing.
 */
final class SharedWriters {
  private static final int PROGRAMS = 3;
  private static final int PAUSE_MILLIS = 20;

  private final PostgresServer server;
  private final String url;
  private final int changes;

  /** Whether a person is there; whoever may be or not is in neither. */
  private final Map<String, Boolean> expected = new ConcurrentHashMap<>();

  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger unknown = new AtomicInteger();
  private final Queue<Acknowledged> unseen = new ConcurrentLinkedQueue<>();
  private final List<Long> delays = new ArrayList<>();
  private volatile boolean ended;

  private SharedWriters(PostgresServer server, String url, int changes) {
    this.server = server;
    this.url = url;
    this.changes = changes;
  }

  private record Acknowledged(String label, boolean there, long millis) {}

  /**
   * What the programs met.
   *
   * @param unknown changes of which it was not known whether they were made
   * @param lost people who are there or gone other than was acknowledged
   * @param medianMillis from an acknowledgment to the moment another JVM sees the change
   */
  record Report(
      int acknowledged, int refused, int unknown, int lost, long medianMillis, long worstMillis) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d changes acknowledged, %d refused while the server was away, %d under way at a kill"
              + " or a restart, %d lost; seen by another JVM after %d ms (median), %d ms (worst)",
          acknowledged,
          refused,
          unknown,
          lost,
          medianMillis,
          worstMillis);
    }
  }

  /** A program: enrolls people of its own, and removes every third of them again. */
  public static void main(String[] args) throws InterruptedException {
    int wanted = Integer.parseInt(args[2]);
    try (Gallery gallery = JdbcGallery.in(PostgresServer.source(args[0])).create(Faces.CARD)) {
      int made = 0;
      for (int i = 0; made < wanted; i++) {
        String label = args[1] + i;
        boolean enrolled = change("+", label, () -> gallery.enroll(label, Faces.faces(1, 7)));
        made += enrolled ? 1 : 0;
        if (enrolled && i % 3 == 2) {
          made += change("-", label, () -> gallery.remove(label)) ? 1 : 0;
        }
      }
    }
  }

  private static boolean change(String kind, String label, Runnable change)
      throws InterruptedException {
    System.out.println("begin " + kind + " " + label);
    try {
      change.run();
      System.out.println("done " + System.currentTimeMillis());
      return true;
    } catch (GalleryException e) {
      System.out.println(e.getMessage().contains("not known") ? "unknown" : "refused");
      Thread.sleep(PAUSE_MILLIS);
      return false;
    }
  }

  static Report run(PostgresServer server, String url, int changes) throws Exception {
    return new SharedWriters(server, url, changes).run();
  }

  private Report run() throws Exception {
    try (Gallery watching = JdbcGallery.in(PostgresServer.source(url)).create(Faces.CARD)) {
      Thread watcher = new Thread(() -> watch(watching), "watcher");
      watcher.start();
      List<Program> programs = new ArrayList<>();
      for (int i = 0; i < PROGRAMS; i++) {
        programs.add(start("p" + i + " ", changes / PROGRAMS));
      }
      awaitAcknowledged(changes / 3);
      server.stop();
      Thread.sleep(PAUSE_MILLIS * 10);
      server.launch();
      awaitAcknowledged(changes / 2);
      programs.get(0).process.destroyForcibly();
      programs.add(start("q ", changes / PROGRAMS));
      for (Program program : programs) {
        program.reader.join();
      }
      DatabaseGalleryContract.await(unseen::isEmpty);
      ended = true;
      watcher.join();
      delays.sort(null);
      return new Report(
          acknowledged.get(),
          refused.get(),
          unknown.get(),
          lost(watching),
          delays.get(delays.size() / 2),
          delays.get(delays.size() - 1));
    }
  }

  /** How many people are other than acknowledged, in the database or in a JVM that watched. */
  private int lost(Gallery watching) {
    try (Gallery fresh = JdbcGallery.in(PostgresServer.source(url)).create(Faces.CARD)) {
      int lost = Faces.contents(fresh).equals(Faces.contents(watching)) ? 0 : 1;
      for (Map.Entry<String, Boolean> person : expected.entrySet()) {
        lost += fresh.person(person.getKey()).isPresent() == person.getValue() ? 0 : 1;
      }
      return lost;
    }
  }

  private void awaitAcknowledged(int count) throws InterruptedException {
    DatabaseGalleryContract.await(
        () -> acknowledged.get() >= count, Duration.ofMillis(60_000 + 200L * count));
  }

  private record Program(Process process, Thread reader) {}

  private Program start(String who, int wanted) throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SharedWriters.class.getName(),
                url,
                who,
                Integer.toString(wanted))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread reader = new Thread(() -> read(process), who);
    reader.start();
    return new Program(process, reader);
  }

  private void read(Process process) {
    String begun = null;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("begin ")) {
          begun = line.substring("begin ".length());
        } else if (begun != null) {
          note(begun, line);
          begun = null;
        }
      }
    } catch (IOException e) {
      // The pipe of a killed program.
      System.out.println("a program's pipe ended: " + e.getMessage());
    }
    if (begun != null) {
      note(begun, "unknown");
    }
  }

  private void note(String begun, String outcome) {
    boolean enrolling = begun.startsWith("+ ");
    String label = begun.substring(2);
    if (outcome.startsWith("done ")) {
      expected.put(label, enrolling);
      acknowledged.incrementAndGet();
      long millis = Long.parseLong(outcome.substring("done ".length()));
      boolean stays =
          !enrolling || Integer.parseInt(label.substring(label.indexOf(' ') + 1)) % 3 != 2;
      if (stays) {
        unseen.add(new Acknowledged(label, enrolling, millis));
      }
    } else if (outcome.equals("refused")) {
      refused.incrementAndGet();
      expected.putIfAbsent(label, !enrolling);
    } else {
      unknown.incrementAndGet();
      expected.remove(label);
    }
  }

  private void watch(Gallery gallery) {
    while (!ended) {
      for (@Nullable Acknowledged one = unseen.peek(); one != null; one = unseen.peek()) {
        if (gallery.person(one.label()).isPresent() != one.there()) {
          break;
        }
        delays.add(Math.max(0, System.currentTimeMillis() - one.millis()));
        unseen.remove();
      }
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
