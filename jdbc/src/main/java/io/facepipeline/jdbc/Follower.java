package io.facepipeline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Watches for what others change, in a thread of its own, and goes on after the database was away.
 * It asks at an interval; PostgreSQL also wakes it.
 */
final class Follower {
  private static final System.Logger LOG = System.getLogger(Follower.class.getName());

  /** How long it waits before it asks a database that failed. */
  private static final int AWAY_MILLIS = 500;

  /** After how long it looks whether it is to end. */
  private static final int SLICE_MILLIS = 250;

  private final Database database;
  private final Dialect dialect;
  private final Rows rows;
  private final LongSupplier seen;
  private final Runnable refresh;
  private final Duration interval;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
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

  /**
   * Ends it soon. Does not wait, for whoever calls may hold what it waits for; and does not
   * interrupt, for that breaks the files of a database inside this JVM.
   */
  void stop() {
    stopped.countDown();
  }

  private boolean isRunning() {
    return stopped.getCount() > 0;
  }

  private void run() {
    try {
      while (isRunning()) {
        try (Connection connection = database.connect();
            Waiting waiting = Waiting.on(connection, dialect, stopped)) {
          while (isRunning()) {
            long last = rows.head(connection).map(Head::lastChange).orElse(-1L);
            if (last != seen.getAsLong()) {
              refresh.run();
            }
            noteBack();
            await(waiting);
          }
        } catch (SQLException | RuntimeException e) { // whatever a driver or a pool throws
          noteAway(e);
          stopped.await(AWAY_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          database.place() + ": interrupted; what others change is not seen any more");
    }
  }

  /** Waits for the interval, or until the database tells of a change or nobody needs it. */
  private void await(Waiting waiting) throws SQLException, InterruptedException {
    long end = System.nanoTime() + interval.toNanos();
    long left = interval.toMillis();
    while (left > 0 && isRunning() && !waiting.await(Math.min(left, SLICE_MILLIS))) {
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  private void noteBack() {
    if (away) {
      away = false;
      LOG.log(System.Logger.Level.INFO, database.place() + ": the database is back");
    }
  }

  private void noteAway(Exception e) {
    if (!away && isRunning()) {
      away = true;
      LOG.log(
          System.Logger.Level.WARNING,
          database.place()
              + ": the database cannot be read; the gallery answers with what it has until it can: "
              + e.getMessage());
    }
  }
}
