package io.facepipeline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Waits until something may have changed. */
@FunctionalInterface
interface Waiting extends AutoCloseable {
  /**
   * Waits.
   *
   * @param millis how long at most
   * @return whether something may have changed, or nobody waits for it any more
   */
  boolean await(long millis) throws SQLException, InterruptedException;

  /** Leaves the connection as it was. */
  @Override
  default void close() throws SQLException {}

  /**
   * Waits for PostgreSQL's notifications, where its driver is there and the connection is its own;
   * else only for the end.
   *
   * @param stopped counted down when nobody waits any more
   */
  static Waiting on(Connection connection, Dialect dialect, CountDownLatch stopped)
      throws SQLException {
    return dialect == Dialect.POSTGRESQL && Notifications.canCome(connection)
        ? new Notifications(connection)
        : millis -> stopped.await(millis, TimeUnit.MILLISECONDS);
  }

  /** What needs the driver's classes. */
  final class Notifications implements Waiting {
    private final Connection connection;
    private final PGConnection notified;

    Notifications(Connection connection) throws SQLException {
      this.connection = connection;
      notified = connection.unwrap(PGConnection.class);
      execute("listen " + Dialect.CHANNEL);
    }

    static boolean canCome(Connection connection) throws SQLException {
      try {
        return connection.isWrapperFor(PGConnection.class);
      } catch (NoClassDefFoundError e) { // another driver, or one that another loader has
        return false;
      }
    }

    private void execute(String command) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(command);
      }
    }

    @Override
    public boolean await(long millis) throws SQLException {
      // To the driver, 0 is without end.
      @Nullable PGNotification @Nullable [] told =
          notified.getNotifications(Math.toIntExact(Math.max(1, millis)));
      return told != null && told.length > 0;
    }

    @Override
    public void close() throws SQLException {
      execute("unlisten " + Dialect.CHANNEL);
    }
  }
}
