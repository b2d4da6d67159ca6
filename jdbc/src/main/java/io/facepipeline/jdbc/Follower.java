package io.facepipeline.jdbc;

import io.facepipeline.gallery.GalleryException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Watches for what others change, in a thread of its own, and goes on after the database was away.
 * It asks at an interval; PostgreSQL also wakes it.
 */
final class Follower {
  private static final System.Logger LOG = System.getLogger(Follower.class.getName());

  /** How long it waits before it asks a database that failed. */
  private static final Duration AWAY = Duration.ofMillis(500);

  private final Database database;
  private final Dialect dialect;
  private final Rows rows;
  private final LongSupplier seen;
  private final Runnable refresh;
  private final Duration interval;
  private final Thread thread;
  private volatile boolean stopped;
  private boolean away;

  Follower(
      Database database,
      Dialect dialect,
      Rows rows,
      LongSupplier seen,
      Runnable refresh,
      Duration interval) {
    this.database = database;
    this.dialect = dialect;
    this.rows = rows;
    this.seen = seen;
    this.refresh = refresh;
    this.interval = interval;
    thread = new Thread(this::run, "facepipeline-gallery-follower");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends it soon; does not wait, for whoever calls may hold what it waits for. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  private void run() {
    while (!stopped) {
      try (Connection connection = database.connect()) {
        Waiting waiting = Waiting.on(connection, dialect, interval);
        while (!stopped) {
          long last = rows.head(connection).map(Head::lastChange).orElse(-1L);
          if (last != seen.getAsLong()) {
            refresh.run();
          }
          noteBack();
          waiting.await();
        }
      } catch (InterruptedException e) {
        return; // stop() does so
      } catch (SQLException | GalleryException e) {
        if (!waitForDatabase(e)) {
          return;
        }
      }
    }
  }

  private void noteBack() {
    if (away) {
      away = false;
      LOG.log(System.Logger.Level.INFO, database.place() + ": the database is back");
    }
  }

  private boolean waitForDatabase(Exception e) {
    if (!away && !stopped) {
      away = true;
      LOG.log(
          System.Logger.Level.WARNING,
          database.place()
              + ": the database cannot be read; the gallery answers with what it has until it can: "
              + e.getMessage());
    }
    try {
      Thread.sleep(AWAY.toMillis());
      return true;
    } catch (InterruptedException interrupted) {
      return false; // stop() does so
    }
  }
}
