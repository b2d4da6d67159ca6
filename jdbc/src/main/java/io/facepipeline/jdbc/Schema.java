package io.facepipeline.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, made step by step: step N brings a database of version N - 1 to version N. A step,
 * once released, is never altered. Some databases commit each statement that changes tables, so a
 * step that was broken off is done again from its beginning: each of its statements must do nothing
 * the second time.
 */
final class Schema {
  /**
   * A person's key is their number, never used again; {@code label_key} is the SHA-256 of the
   * label, because some databases take two labels for the same that differ in case alone. A face's
   * {@code position} orders a person's faces. A row of changes says that something about a person
   * changed, and not what.
   */
  static final List<List<String>> STEPS =
      List.of(
          List.of(
              "create table if not exists facepipeline_gallery (name varchar(100) primary key,"
                  + " model varchar(1000) not null, dimensions integer not null,"
                  + " threshold real not null, next_face bigint not null,"
                  + " next_person bigint not null, first_change bigint not null,"
                  + " last_change bigint not null)",
              "create table if not exists facepipeline_person (gallery varchar(100) not null"
                  + " references facepipeline_gallery (name), id bigint not null,"
                  + " label_key char(64) not null, label TEXT not null, metadata TEXT not null,"
                  + " primary key (gallery, id), unique (gallery, label_key))",
              "create table if not exists facepipeline_face (gallery varchar(100) not null, id"
                  + " bigint not null, person bigint not null, position bigint not null, vector"
                  + " BYTES not null, primary key (gallery, id), foreign key (gallery, person)"
                  + " references facepipeline_person (gallery, id))",
              "create index if not exists facepipeline_face_person on facepipeline_face"
                  + " (gallery, person, position)",
              "create table if not exists facepipeline_change (gallery varchar(100) not null,"
                  + " number bigint not null, person bigint not null, writer char(36) not null,"
                  + " primary key (gallery, number))"));

  private static final int ATTEMPTS = 20;
  private static final int PAUSE_MILLIS = 100;

  private final Dialect dialect;
  private final List<List<String>> steps;

  Schema(Dialect dialect, List<List<String>> steps) {
    this.dialect = dialect;
    this.steps = steps;
  }

  /**
   * Makes the tables, or brings them up to date.
   *
   * @return the version of the tables, above the library's if a newer one made them
   */
  int bringUpToDate(Connection connection) throws SQLException {
    SQLException failure = new SQLException("the tables could not be made");
    // Several JVMs may do this at once: those that fail look again at what the first has done.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return upToDate(connection);
      } catch (SQLException e) {
        connection.rollback();
        failure = e;
        try {
          Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          break;
        }
      }
    }
    throw failure;
  }

  private int upToDate(Connection connection) throws SQLException {
    int version = version(connection);
    try (Statement statement = connection.createStatement()) {
      if (version < 0) {
        statement.execute(
            "create table if not exists facepipeline_schema (version integer primary key)");
        version = 0;
      }
      while (version < steps.size()) {
        for (String change : steps.get(version)) {
          statement.execute(dialect.spelled(change));
        }
        version++;
        statement.execute("insert into facepipeline_schema (version) values (" + version + ")");
      }
    }
    connection.commit();
    return version;
  }

  /** The version of the tables, or below 0 if there are none. */
  private static int version(Connection connection) throws SQLException {
    boolean there = false;
    for (String name : List.of("facepipeline_schema", "FACEPIPELINE_SCHEMA")) {
      try (ResultSet tables =
          connection
              .getMetaData()
              .getTables(
                  null, connection.getSchema(), name, new String[] {"TABLE", "BASE TABLE"})) {
        there |= tables.next();
      }
    }
    if (!there) {
      return -1;
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select max(version) from facepipeline_schema")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
