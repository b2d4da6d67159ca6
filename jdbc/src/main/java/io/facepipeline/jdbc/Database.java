package io.facepipeline.jdbc;

import io.facepipeline.gallery.GalleryException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections to the database, and what its failures mean. Thread-safe. */
final class Database {
  /** What may go well when it is tried again: a broken connection, a deadlock, a lock not got. */
  private static final Set<String> PASSING = Set.of("08", "40", "57");

  private static final Set<String> LOCKED = Set.of("HYT00", "55P03");
  private static final int ATTEMPTS = 5;

  private final DataSource source;
  private final String gallery;

  Database(DataSource source, String gallery) {
    this.source = source;
    this.gallery = gallery;
  }

  /**
   * Where the gallery is, to stand before a problem; nothing of the address, which may be secret.
   */
  String place() {
    return place(gallery);
  }

  static String place(String gallery) {
    return "gallery '" + gallery + "' in the database";
  }

  /** Something that is done in a transaction. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /** Reads in a transaction that sees the database as it was at one moment. */
  <T extends @Nullable Object> T read(Work<T> work) throws SQLException {
    try (Transaction transaction = begin(Connection.TRANSACTION_REPEATABLE_READ)) {
      T result = work.run(transaction.connection());
      transaction.connection().commit();
      return result;
    }
  }

  /** Begins a transaction, whose statements each see what is committed by then. */
  Transaction begin() throws SQLException {
    return begin(Connection.TRANSACTION_READ_COMMITTED);
  }

  private Transaction begin(int isolation) throws SQLException {
    Connection connection = connection();
    try {
      return new Transaction(connection, isolation);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Some pools say by a RuntimeException that they are closed, and some by giving nothing. */
  private Connection connection() throws SQLException {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (RuntimeException e) {
      throw new SQLException("the data source gives no connection: " + e.getMessage(), e);
    }
    if (connection == null) {
      throw new SQLException("the data source gives no connection");
    }
    return connection;
  }

  /** A connection on which every statement stands for itself. */
  Connection connect() throws SQLException {
    Connection connection = connection();
    try {
      connection.setAutoCommit(true);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Does work, again if a failure may pass. */
  <T extends @Nullable Object> T retrying(Attempt<T> attempt) throws SQLException {
    for (int i = 1; ; i++) {
      try {
        return attempt.run();
      } catch (SQLException e) {
        if (i == ATTEMPTS || !mayPass(e)) {
          throw e;
        }
      }
    }
  }

  /** Work that may be done again. */
  @FunctionalInterface
  interface Attempt<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private static boolean mayPass(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (LOCKED.contains(state)
            || (state.length() > 2 && PASSING.contains(state.substring(0, 2))));
  }

  GalleryException unavailable(String what, SQLException e) {
    return new GalleryException(
        GalleryException.Reason.UNAVAILABLE,
        place(),
        what
            + ": "
            + e.getMessage()
            + "; check that the database can be reached, and what this user may do there",
        e);
  }

  /** A transaction, which is undone unless it was committed. */
  static final class Transaction implements AutoCloseable {
    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;

    private Transaction(Connection connection, int isolation) throws SQLException {
      this.connection = connection;
      autoCommit = connection.getAutoCommit();
      this.isolation = connection.getTransactionIsolation();
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(isolation);
    }

    Connection connection() {
      return connection;
    }

    /** Leaves the connection as it was, for the next one who gets it from a pool. */
    @Override
    public void close() throws SQLException {
      try (connection) {
        connection.rollback();
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(autoCommit);
      }
    }
  }
}
