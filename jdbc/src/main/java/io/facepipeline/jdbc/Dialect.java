package io.facepipeline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** What databases do differently. */
enum Dialect {
  POSTGRESQL("bytea", "text"),
  /** H2, and whatever else knows the types of the SQL standard. */
  STANDARD("binary varying(1000000)", "character large object");

  /** Where PostgreSQL tells of changes. */
  static final String CHANNEL = "facepipeline_gallery";

  /** How long a change waits for another one's, in seconds. */
  private static final int LOCK_SECONDS = 30;

  private final String bytes;
  private final String text;

  Dialect(String bytes, String text) {
    this.bytes = bytes;
    this.text = text;
  }

  static Dialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return product.toLowerCase(Locale.ROOT).contains("postgresql") ? POSTGRESQL : STANDARD;
  }

  /** A statement with the names of this database's types. */
  String spelled(String statement) {
    return statement.replace("BYTES", bytes).replace("TEXT", text);
  }

  /** Tells others, when the transaction is committed, that something has changed. */
  void announce(Connection connection) throws SQLException {
    if (this == POSTGRESQL) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("notify " + CHANNEL);
      }
    }
  }

  /**
   * Prepares the transaction of a change, which has just begun: limits how long it waits for
   * others. PostgreSQL is to plan each statement for the rows that are there: a plan that it made
   * while the tables were empty reads them whole, for each person who is enrolled. Before version
   * 12 there is no such setting.
   */
  void prepareChange(Connection connection) throws SQLException {
    if (this == POSTGRESQL) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local lock_timeout = '" + LOCK_SECONDS + "s'");
        statement.execute(
            "select set_config(name, 'force_custom_plan', true) from pg_settings"
                + " where name = 'plan_cache_mode'");
      }
    }
  }
}
