package io.facepipeline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;

/** Waits until something may have changed. */
@FunctionalInterface
interface Waiting {
  /** Waits for the interval, or less if the database tells of a change. */
  void await() throws SQLException, InterruptedException;

  /**
   * Waits for PostgreSQL's notifications, where its driver is there and the connection is its own;
   * else for the interval.
   */
  static Waiting on(Connection connection, Dialect dialect, Duration interval) throws SQLException {
    if (dialect == Dialect.POSTGRESQL && Notifications.canCome(connection)) {
      return Notifications.on(connection, interval);
    }
    return () -> Thread.sleep(interval.toMillis());
  }

  /** What needs the driver's classes. */
  final class Notifications {
    private Notifications() {}

    static boolean canCome(Connection connection) throws SQLException {
      try {
        return connection.isWrapperFor(PGConnection.class);
      } catch (NoClassDefFoundError e) { // another driver, or one that another loader has
        return false;
      }
    }

    static Waiting on(Connection connection, Duration interval) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("listen " + Dialect.CHANNEL);
      }
      PGConnection notified = connection.unwrap(PGConnection.class);
      int millis = Math.toIntExact(Math.max(1, interval.toMillis()));
      return () -> notified.getNotifications(millis);
    }
  }
}
